import {
  attr,
  constant,
  DataType,
  functionDef,
  node,
  type Argument,
  type FunctionDef,
  type NodeDef,
} from './graphDef.ts';
import { call, gatherFirstAxis, int, placeholder, reshape } from './nodes.ts';
import { graphNames, type Loop, type ProgramSpecification } from './program.ts';

/** All loop variables, in order. The data sets and inputs pass through unchanged. */
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

/** Functions for one step, for the loop's condition, and for the loop over both. */
export function loopFunctions(program: ProgramSpecification, loop: Loop): FunctionDef[] {
  const { body } = loop;
  // Needed on the function as well as on the call.
  const xla = loop.xla ? { _XlaMustCompile: attr.bool(true), _noinline: attr.bool(true) } : {};
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
      reshape('slot', 'i', 'pair:output:0', DataType.int32),
      reshape('entry', body.results.objective ?? '', 'single:output:0', DataType.float),
      node('record', 'TensorScatterUpdate', ['objectives', 'slot:output:0', 'entry:output:0'], {
        T: attr.type(DataType.float),
        Tindices: attr.type(DataType.int32),
      }),
      node('increment', 'AddV2', ['i', 'one:output:0'], { T: attr.type(DataType.int32) }),
    ],
    returns: Object.fromEntries(variables.map(({ name }) => [`${name}_next`, resultOf(name)])),
    attributes: xla,
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
    attributes: xla,
  });
  return [step, condition, run];
}

/** A call of the loop, and the nodes that store the returned state. */
export function loopNodes(program: ProgramSpecification, loop: Loop): NodeDef[] {
  // The rows, and their positions if these differ from the rows.
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
      [
        ...residents.map(({ name, type }) => ({ name: graphNames.read(name), type })),
        ...numbers.map((name) => ({ name, type: DataType.int32 })),
        { name: rates, type: DataType.float },
        { name: steps, type: DataType.int32 },
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
