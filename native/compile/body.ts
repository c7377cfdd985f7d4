import { OrthantError } from '../contract/errors.ts';
import type { Binding, OperationAttribute, TensorMetadata } from '../tensorflow/nativeBackend.ts';
import { attr, constant, DataType, node, type AttrValue, type NodeDef } from './graphDef.ts';
import { outputArgument } from './outputArguments.ts';
import type { TapeEntry, TapeOperation } from './tape.ts';

/** A recorded step or forward pass, with the names of its input and result tensors. */
export interface Trace {
  readonly tape: readonly TapeEntry[];
  /** Tensors that exist before the work: native id to the name of the function argument. */
  readonly sources: ReadonlyMap<number, string>;
  /** Result name to native id. */
  readonly results: Readonly<Record<string, number>>;
  /** Name of the undeclared Variable that holds the tensor with this id, if there is one. */
  undeclared(id: number): string | undefined;
}

/** Captured tensors up to this size become constants of the program; larger ones should have been declared. */
const largestCapture = 1 << 20;

/** Nodes and results of a traced piece of work, as the body of a function. */
export interface FunctionBody {
  readonly nodes: readonly NodeDef[];
  /** Result name to `node:outputArgument:index` or an argument's name. */
  readonly results: Readonly<Record<string, string>>;
}

/**
 * The nodes of a function that repeats the recorded operations. Operations with unused results are left out.
 *
 * @throws OrthantError (code `engine`) with the name of the operation that cannot be compiled
 */
export function functionBody(binding: Binding, trace: Trace): FunctionBody {
  const producers = new Map<number, TapeEntry>();
  for (const entry of trace.tape) {
    for (const output of outputsOf(entry)) producers.set(output.id, entry);
  }
  const needed = neededEntries(trace, producers);

  const names = new Map(trace.sources);
  const nodes: NodeDef[] = [];
  const captured = (id: number, user: string): string => {
    const variable = trace.undeclared(id);
    // As a constant it would be frozen: assignments between steps would have no effect.
    if (variable !== undefined) {
      throw new OrthantError(
        'engine',
        `${user} uses the Variable "${variable}", which is not part of the declared state. A method lists its Variables in "state".`,
      );
    }
    const values = binding.tensorDataSync(id);
    // The binding does not give the shape of this tensor, so an Identity operation finds it.
    const [metadata] = identity(binding, id, values);
    if (metadata === undefined || values.byteLength > largestCapture) {
      throw new OrthantError(
        'engine',
        `${user} uses a tensor of ${values.length} values that is not part of the declared state.`,
      );
    }
    binding.deleteTensor(metadata.id);
    const name = `k${nodes.length}`;
    nodes.push(constant(name, metadata.dtype, metadata.shape, values));
    return `${name}:output:0`;
  };

  for (const entry of trace.tape) {
    if (!needed.has(entry)) continue;
    if (entry.kind === 'constant') {
      const name = `c${nodes.length}`;
      nodes.push(constant(name, entry.output.dtype, entry.output.shape, entry.values));
      names.set(entry.output.id, `${name}:output:0`);
      continue;
    }
    const argument = outputArgument(entry.name);
    if (argument === undefined) {
      throw new OrthantError('engine', `The operation ${entry.name} is not known to the compiler.`);
    }
    const inputs = entry.inputs.map((id) => {
      const name = names.get(id) ?? captured(id, entry.name);
      names.set(id, name);
      return name;
    });
    const name = `n${nodes.length}`;
    const attributes = { ...inferred[entry.name]?.(entry), ...attributesOf(binding, entry.attributes) };
    nodes.push(node(name, entry.name, inputs, attributes));
    entry.outputs.forEach((output, index) => names.set(output.id, `${name}:${argument}:${index}`));
  }

  const results: Record<string, string> = {};
  for (const [result, id] of Object.entries(trace.results))
    results[result] = names.get(id) ?? captured(id, 'The result');
  return { nodes, results };
}

/** Attributes that TensorFlow infers in eager mode, so tfjs omits them; a graph needs them. */
const inferred: Readonly<Record<string, (operation: TapeOperation) => Record<string, AttrValue>>> = {
  ExpandDims: ({ outputs }) => ({
    T: attr.type(outputs[0]?.dtype ?? DataType.float),
    Tdim: attr.type(DataType.int32),
  }),
};

const outputsOf = (entry: TapeEntry): readonly TensorMetadata[] =>
  entry.kind === 'constant' ? [entry.output] : entry.outputs;

function neededEntries(trace: Trace, producers: ReadonlyMap<number, TapeEntry>): Set<TapeEntry> {
  const needed = new Set<TapeEntry>();
  const waiting = Object.values(trace.results);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const entry = producers.get(id);
    if (entry === undefined || needed.has(entry)) continue;
    needed.add(entry);
    if (entry.kind === 'operation') waiting.push(...entry.inputs);
  }
  return needed;
}

function identity(binding: Binding, id: number, values: Float32Array | Int32Array | Uint8Array): TensorMetadata[] {
  const dtype = values instanceof Float32Array ? 1 : values instanceof Int32Array ? 3 : 10;
  return binding.executeOp('Identity', [{ name: 'T', type: binding.TF_ATTR_TYPE, value: dtype }], [id], 1);
}

function attributesOf(binding: Binding, attributes: readonly OperationAttribute[]): Record<string, AttrValue> {
  const result: Record<string, AttrValue> = {};
  for (const { name, type, value } of attributes) {
    if (type === binding.TF_ATTR_TYPE) result[name] = attr.type(value as number);
    else if (type === binding.TF_ATTR_BOOL) result[name] = attr.bool(value as boolean);
    else if (type === binding.TF_ATTR_FLOAT) result[name] = attr.float(value as number);
    else if (type === binding.TF_ATTR_STRING) result[name] = attr.string(value as string);
    else if (type === binding.TF_ATTR_SHAPE) result[name] = attr.shape(value as number[]);
    else if (type === binding.TF_ATTR_INT)
      result[name] = Array.isArray(value) ? attr.ints(value as number[]) : attr.int(value as number);
    else throw new OrthantError('engine', `The attribute ${name} is of a kind that the compiler does not know.`);
  }
  return result;
}
