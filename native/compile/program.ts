import type { FunctionBody } from './body.ts';
import {
  attr,
  constant,
  DataType,
  functionDef,
  node,
  savedModel,
  type Argument,
  type FunctionDef,
  type NodeDef,
} from './graphDef.ts';

/** A tensor that lives in the session from call to call. */
export interface Resident {
  /** Name of the function argument it becomes. */
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
}

/** Many training steps in one call. */
export interface Loop {
  readonly name: string;
  /** Rows in a step. */
  readonly batch: number;
  /** Steps one call can make: the number of steps is a run-time input up to this. */
  readonly maxSteps: number;
  /** Compile with XLA. */
  readonly xla: boolean;
  /**
   * One step. Arguments: the residents by name, `rows` (int32 [batch]), `rate` (float scalar) and, where the program is
   * chunked, `places` (int32 [batch]). Results: `objective` (float scalar) and the new value of every state variable, by
   * name.
   */
  readonly body: FunctionBody;
}

/** A forward pass over consecutive rows. */
export interface Forward {
  readonly name: string;
  /** The resident whose rows are read, [rows, features]; undefined where each call is fed its rows. */
  readonly inputs: string | undefined;
  readonly rows: number;
  readonly features: number;
  readonly outputs: number;
  /** Arguments: the state by name and `batch` (float [rows, features]). Result: `prediction` [rows, outputs]. */
  readonly body: FunctionBody;
}

export interface ProgramSpecification {
  readonly state: readonly Resident[];
  readonly data: readonly Resident[];
  /** Whether `data` holds a part of the rows at a time: each step is then told at which places its rows lie. */
  readonly chunked: boolean;
  readonly loops: readonly Loop[];
  readonly forwards: readonly Forward[];
  /** How many threads compute at once; 0 stands for as many as there are processors. */
  readonly threads: number;
}

/** Names of placeholders and fetches of a program's graph; one place for the writer and the session. */
export const graphNames = {
  value: (resident: string) => `value_${resident}`,
  assign: (resident: string) => `assign_${resident}`,
  read: (resident: string) => `read_${resident}`,
  rows: (loop: string) => `rows_${loop}`,
  places: (loop: string) => `places_${loop}`,
  rates: (loop: string) => `rates_${loop}`,
  steps: (loop: string) => `steps_${loop}`,
  objectives: (loop: string) => `objectives_${loop}`,
  start: (forward: string) => `start_${forward}`,
  batch: (forward: string) => `batch_${forward}`,
  prediction: (forward: string) => `prediction_${forward}`,
};

/** The bytes of a saved model that holds the whole program. */
export function writeProgram(program: ProgramSpecification): Uint8Array {
  const nodes: NodeDef[] = [];
  const functions: FunctionDef[] = [];
  for (const resident of [...program.state, ...program.data]) nodes.push(...residentNodes(resident));
  for (const loop of program.loops) {
    functions.push(...loopFunctions(program, loop));
    nodes.push(...loopNodes(program, loop));
  }
  for (const forward of program.forwards) {
    functions.push(forwardFunction(program, forward));
    nodes.push(...forwardNodes(program, forward));
  }
  return savedModel(nodes, functions);
}

/** A variable with a way to set it (feed, then fetch `assign`) and to read it. */
function residentNodes({ name, type, shape }: Resident): NodeDef[] {
  const value = graphNames.value(name);
  const variable = `variable_${name}`;
  const dtype = attr.type(type);
  return [
    node(variable, 'VarHandleOp', [], {
      dtype,
      shape: attr.shape(shape),
      shared_name: attr.string(name),
      container: attr.string(''),
    }),
    node(graphNames.read(name), 'ReadVariableOp', [variable], { dtype }),
    node(value, 'Placeholder', [], { dtype, shape: attr.shape(shape) }),
    node(`set_${name}`, 'AssignVariableOp', [variable, value], { dtype }),
    // runSavedModel fetches tensors only, so the assignment hangs on a constant.
    node(graphNames.assign(name), 'Const', [`^set_${name}`], {
      dtype: attr.type(DataType.int32),
      value: attr.tensor(DataType.int32, [], new Int32Array([1])),
    }),
  ];
}

const int = (name: string, value: readonly number[], shape: readonly number[] = []): NodeDef =>
  constant(name, DataType.int32, shape, new Int32Array(value));

const gatherFirstAxis = (name: string, from: string, at: string, axis: string, type: number): NodeDef =>
  node(name, 'GatherV2', [from, at, axis], {
    batch_dims: attr.int(0),
    Tparams: attr.type(type),
    Tindices: attr.type(DataType.int32),
    Taxis: attr.type(DataType.int32),
  });

/** Everything the loop carries, in order. The data sets and inputs pass through unchanged. */
function loopVariables(program: ProgramSpecification, loop: Loop): (Argument & { shape: readonly number[] })[] {
  return [
    { name: 'i', type: DataType.int32, shape: [] },
    { name: 'objectives', type: DataType.float, shape: [loop.maxSteps] },
    ...program.state,
    ...program.data,
    { name: 'all_rows', type: DataType.int32, shape: [loop.maxSteps, loop.batch] },
    ...(program.chunked ? [{ name: 'all_places', type: DataType.int32, shape: [loop.maxSteps, loop.batch] }] : []),
    { name: 'rates', type: DataType.float, shape: [loop.maxSteps] },
    { name: 'steps', type: DataType.int32, shape: [] },
  ];
}

function loopFunctions(program: ProgramSpecification, loop: Loop): FunctionDef[] {
  const { body } = loop;
  const variables = loopVariables(program, loop);
  const outputs = variables.map(({ name, type }) => ({ name: `${name}_next`, type }));
  const state = new Set(program.state.map(({ name }) => name));
  const resultOf = (name: string): string => {
    if (name === 'i') return 'increment:z:0';
    if (name === 'objectives') return 'record:output:0';
    return state.has(name) ? (body.results[name] ?? name) : name;
  };
  const step = functionDef({
    name: `${loop.name}_body`,
    inputs: variables,
    outputs,
    nodes: [
      int('axis', [0]),
      int('one', [1]),
      int('pair', [1, 1], [2]),
      int('single', [1], [1]),
      gatherFirstAxis('rows_now', 'all_rows', 'i', 'axis:output:0', DataType.int32),
      ...(program.chunked ? [gatherFirstAxis('places_now', 'all_places', 'i', 'axis:output:0', DataType.int32)] : []),
      gatherFirstAxis('rate_now', 'rates', 'i', 'axis:output:0', DataType.float),
      ...body.nodes,
      node('slot', 'Reshape', ['i', 'pair:output:0'], {
        T: attr.type(DataType.int32),
        Tshape: attr.type(DataType.int32),
      }),
      node('entry', 'Reshape', [body.results.objective ?? '', 'single:output:0'], {
        T: attr.type(DataType.float),
        Tshape: attr.type(DataType.int32),
      }),
      node('record', 'TensorScatterUpdate', ['objectives', 'slot:output:0', 'entry:output:0'], {
        T: attr.type(DataType.float),
        Tindices: attr.type(DataType.int32),
      }),
      node('increment', 'AddV2', ['i', 'one:output:0'], { T: attr.type(DataType.int32) }),
    ],
    returns: Object.fromEntries(variables.map(({ name }) => [`${name}_next`, resultOf(name)])),
    attributes: functionAttributes(loop.xla),
  });
  const condition = functionDef({
    name: `${loop.name}_condition`,
    inputs: variables,
    outputs: [{ name: 'more', type: DataType.bool }],
    nodes: [node('less', 'Less', ['i', 'steps'], { T: attr.type(DataType.int32) })],
    returns: { more: 'less:z:0' },
  });
  const inputs = variables.slice(2);
  const results = [{ name: 'objectives', type: DataType.float }, ...program.state];
  const run = functionDef({
    name: `${loop.name}_run`,
    inputs,
    outputs: results.map(({ name, type }) => ({ name: `${name}_out`, type })),
    nodes: [
      int('first', [0]),
      constant('blank', DataType.float, [loop.maxSteps], new Float32Array(loop.maxSteps)),
      node('while', 'StatelessWhile', ['first:output:0', 'blank:output:0', ...inputs.map(({ name }) => name)], {
        T: attr.types(variables.map(({ type }) => type)),
        cond: attr.func(`${loop.name}_condition`),
        body: attr.func(`${loop.name}_body`),
        output_shapes: attr.shapes(variables.map(({ shape }) => shape)),
        parallel_iterations: attr.int(1),
      }),
    ],
    returns: Object.fromEntries(results.map(({ name }, index) => [`${name}_out`, `while:output:${index + 1}`])),
    attributes: functionAttributes(loop.xla),
  });
  return [step, condition, run];
}

/**
 * With XLA: marked on the function and on the calling node; on the function alone it silently does nothing. Without: the
 * one attribute by which TensorFlow's graph optimizer passes a function by. It turns divisions by constants into
 * products and draws common factors out of sums, so that the last bits would differ from those of single operations.
 */
const functionAttributes = (xla: boolean): Record<string, ReturnType<typeof attr.bool>> =>
  xla ? { _XlaMustCompile: attr.bool(true), _noinline: attr.bool(true) } : { _tf_data_function: attr.bool(true) };

const call = (
  name: string,
  f: string,
  inputs: readonly string[],
  types: readonly number[],
  results: readonly number[],
  xla: boolean,
): NodeDef =>
  node(name, 'PartitionedCall', inputs, {
    Tin: attr.types(types),
    Tout: attr.types(results),
    f: attr.func(f),
    config: attr.string(''),
    config_proto: attr.string(''),
    executor_type: attr.string(''),
    ...(xla ? { _XlaMustCompile: attr.bool(true) } : {}),
  });

function loopNodes(program: ProgramSpecification, loop: Loop): NodeDef[] {
  // The rows, and their places where they differ from the rows.
  const numbers = [graphNames.rows(loop.name), ...(program.chunked ? [graphNames.places(loop.name)] : [])];
  const rates = graphNames.rates(loop.name);
  const steps = graphNames.steps(loop.name);
  const callName = `call_${loop.name}`;
  const residents = [...program.state, ...program.data];
  const stores = program.state.map((variable, index) =>
    node(
      `store_${loop.name}_${variable.name}`,
      'AssignVariableOp',
      [`variable_${variable.name}`, `${callName}:${index + 1}`],
      {
        dtype: attr.type(variable.type),
      },
    ),
  );
  return [
    ...numbers.map((name) => placeholder(name, DataType.int32, [loop.maxSteps, loop.batch])),
    placeholder(rates, DataType.float, [loop.maxSteps]),
    placeholder(steps, DataType.int32, []),
    call(
      callName,
      `${loop.name}_run`,
      [...residents.map(({ name }) => graphNames.read(name)), ...numbers, rates, steps],
      [
        ...[...residents, ...numbers.map(() => ({ type: DataType.int32 }))].map(({ type }) => type),
        DataType.float,
        DataType.int32,
      ],
      [DataType.float, ...program.state.map(({ type }) => type)],
      loop.xla,
    ),
    ...stores,
    node(
      graphNames.objectives(loop.name),
      'Identity',
      [`${callName}:0`, ...program.state.map(({ name }) => `^store_${loop.name}_${name}`)],
      { T: attr.type(DataType.float) },
    ),
  ];
}

const placeholder = (name: string, type: number, shape: readonly number[]): NodeDef =>
  node(name, 'Placeholder', [], { dtype: attr.type(type), shape: attr.shape(shape) });

function forwardFunction(program: ProgramSpecification, forward: Forward): FunctionDef {
  const { body } = forward;
  const name = `${forward.name}_run`;
  const outputs = [{ name: 'prediction_out', type: DataType.float }];
  const returns = { prediction_out: body.results.prediction ?? '' };
  if (forward.inputs === undefined) {
    return functionDef({
      name,
      inputs: [...program.state, { name: 'batch', type: DataType.float }],
      outputs,
      nodes: [node('batch_now', 'Identity', ['batch'], { T: attr.type(DataType.float) }), ...body.nodes],
      returns,
    });
  }
  return functionDef({
    name,
    inputs: [...program.state, { name: forward.inputs, type: DataType.float }, { name: 'start', type: DataType.int32 }],
    outputs,
    nodes: [
      int('zero', [0], [1]),
      int('single', [1], [1]),
      int('axis', [0]),
      int('size', [forward.rows, forward.features], [2]),
      node('first', 'Reshape', ['start', 'single:output:0'], {
        T: attr.type(DataType.int32),
        Tshape: attr.type(DataType.int32),
      }),
      node('begin', 'ConcatV2', ['first:output:0', 'zero:output:0', 'axis:output:0'], {
        N: attr.int(2),
        T: attr.type(DataType.int32),
        Tidx: attr.type(DataType.int32),
      }),
      node('batch_now', 'Slice', [forward.inputs, 'begin:output:0', 'size:output:0'], {
        T: attr.type(DataType.float),
        Index: attr.type(DataType.int32),
      }),
      ...body.nodes,
    ],
    returns,
  });
}

function forwardNodes(program: ProgramSpecification, forward: Forward): NodeDef[] {
  const fed = forward.inputs === undefined;
  const given = fed ? graphNames.batch(forward.name) : graphNames.start(forward.name);
  const data = fed
    ? [{ name: given, type: DataType.float }]
    : [
        { name: graphNames.read(forward.inputs), type: DataType.float },
        { name: given, type: DataType.int32 },
      ];
  return [
    fed ? placeholder(given, DataType.float, [forward.rows, forward.features]) : placeholder(given, DataType.int32, []),
    call(
      `call_${forward.name}`,
      `${forward.name}_run`,
      [...program.state.map(({ name }) => graphNames.read(name)), ...data.map(({ name }) => name)],
      [...program.state, ...data].map(({ type }) => type),
      [DataType.float],
      // Large matrix products alone: XLA would gain nothing and cost a compilation for each split.
      false,
    ),
    node(graphNames.prediction(forward.name), 'Identity', [`call_${forward.name}:0`], { T: attr.type(DataType.float) }),
  ];
}
