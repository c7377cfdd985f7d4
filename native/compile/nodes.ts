import { attr, constant, DataType, node, type Argument, type NodeDef } from './graphDef.ts';

/** Nodes that several parts of a program use. */

/** An int32 constant. */
export const int = (name: string, value: readonly number[], shape: readonly number[] = []): NodeDef =>
  constant(name, DataType.int32, shape, new Int32Array(value));

export const placeholder = (name: string, type: number, shape: readonly number[]): NodeDef =>
  node(name, 'Placeholder', [], { dtype: attr.type(type), shape: attr.shape(shape) });

export const reshape = (name: string, value: string, shape: string, type: number): NodeDef =>
  node(name, 'Reshape', [value, shape], { T: attr.type(type), Tshape: attr.type(DataType.int32) });

export const concat = (name: string, values: readonly string[], axis: string, type: number): NodeDef =>
  node(name, 'ConcatV2', [...values, axis], {
    N: attr.int(values.length),
    T: attr.type(type),
    Tidx: attr.type(DataType.int32),
  });

/** A float tensor's part from `begin` on. */
export const slice = (name: string, value: string, begin: string, size: string): NodeDef =>
  node(name, 'Slice', [value, begin, size], { T: attr.type(DataType.float), Index: attr.type(DataType.int32) });

export const gatherFirstAxis = (name: string, from: string, at: string, axis: string, type: number): NodeDef =>
  node(name, 'GatherV2', [from, at, axis], {
    batch_dims: attr.int(0),
    Tparams: attr.type(type),
    Tindices: attr.type(DataType.int32),
    Taxis: attr.type(DataType.int32),
  });

/** Calls a function. XLA must be requested here: a mark on the function alone has no effect and gives no error. */
export const call = (
  name: string,
  f: string,
  operands: readonly Argument[],
  results: readonly number[],
  xla = false,
): NodeDef =>
  node(
    name,
    'PartitionedCall',
    operands.map((operand) => operand.name),
    {
      Tin: attr.types(operands.map(({ type }) => type)),
      Tout: attr.types(results),
      f: attr.func(f),
      config: attr.string(''),
      config_proto: attr.string(''),
      executor_type: attr.string(''),
      ...(xla ? { _XlaMustCompile: attr.bool(true) } : {}),
    },
  );
