import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { littleEndianBytes } from '../runs/safetensors.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  TensorProto_DataType as DataType,
  type AttributeProtoSchema,
  type GraphProto,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

/** Domain of ONNX's operators for categories and text. */
export const mlDomain = 'ai.onnx.ml';
/** Name of the batch dimension, whose size is any number of rows. */
const batchDimension = 'N';

type Attribute = MessageInitShape<typeof AttributeProtoSchema>;

/** Attributes of a node, by the kind of their values. */
export const attribute = {
  integer: (name: string, value: number): Attribute => ({ name, type: AttributeType.INT, i: BigInt(value) }),
  float: (name: string, value: number): Attribute => ({ name, type: AttributeType.FLOAT, f: value }),
  floats: (name: string, values: readonly number[]): Attribute => ({
    name,
    type: AttributeType.FLOATS,
    floats: [...values],
  }),
  strings: (name: string, values: readonly string[]): Attribute => ({
    name,
    type: AttributeType.STRINGS,
    strings: values.map((value) => new TextEncoder().encode(value)),
  }),
};

interface NodeOptions {
  readonly attributes?: readonly Attribute[];
  readonly domain?: string;
  /** Names of the node's output values; by default one, named like the node. */
  readonly outputs?: readonly string[];
}

/** Collects the parts of one ONNX graph. Value names are unique: a preferred name that is taken gets a number. */
export class GraphBuilder {
  private readonly nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  private readonly initializers: MessageInitShape<typeof TensorProtoSchema>[] = [];
  private readonly inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  private readonly outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  /** onnxruntime-node keeps values in plain objects, in which `__proto__` cannot be a key. */
  private readonly taken = new Set(['__proto__']);

  /** Reserves a name that is unique in the graph. */
  reserve(preferred: string): string {
    const base = preferred === '' ? 'column' : preferred;
    let name = base;
    for (let number = 2; this.taken.has(name); number++) name = `${base}_${number}`;
    this.taken.add(name);
    return name;
  }

  /** Adds an input [N, columns] under a reserved name. */
  input(name: string, type: 'float' | 'string', columns: number, docString: string): string {
    this.inputs.push(valueInfo(name, type === 'float' ? DataType.FLOAT : DataType.STRING, columns, docString));
    return name;
  }

  /** Adds an output [N, 1]: a value computed by a node, by its reserved name. */
  output(name: string, docString: string): void {
    this.outputs.push(valueInfo(name, DataType.FLOAT, 1, docString));
  }

  /** Adds a float32 constant. */
  floats(preferred: string, shape: readonly number[], data: Float32Array): string {
    return this.initializer(preferred, shape, DataType.FLOAT, littleEndianBytes(data));
  }

  /** Adds an int64 constant: [values]. */
  integers(preferred: string, values: readonly number[]): string {
    const bytes = new Uint8Array(values.length * 8);
    const view = new DataView(bytes.buffer);
    values.forEach((value, index) => {
      view.setBigInt64(index * 8, BigInt(value), true);
    });
    return this.initializer(preferred, [values.length], DataType.INT64, bytes);
  }

  /** Adds a node and returns the name of its first output value. */
  node(opType: string, preferred: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const name = options.outputs === undefined ? this.reserve(preferred) : preferred;
    const output = options.outputs ?? [name];
    this.nodes.push({
      name,
      opType,
      domain: options.domain ?? '',
      input: [...inputs],
      output: [...output],
      attribute: [...(options.attributes ?? [])],
    });
    return output[0] ?? name;
  }

  /** Renames a node's output value, which no other node uses yet, to a reserved name. */
  rename(value: string, name: string): void {
    for (const { output = [] } of this.nodes) {
      const index = output.indexOf(value);
      if (index >= 0) output[index] = name;
    }
  }

  build(name: string): GraphProto {
    return create(GraphProtoSchema, {
      name,
      node: this.nodes,
      initializer: this.initializers,
      input: this.inputs,
      output: this.outputs,
    });
  }

  private initializer(preferred: string, shape: readonly number[], dataType: DataType, rawData: Uint8Array): string {
    const name = this.reserve(preferred);
    this.initializers.push({ name, dataType, dims: shape.map(BigInt), rawData });
    return name;
  }
}

function valueInfo(
  name: string,
  elemType: DataType,
  columns: number,
  docString: string,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = [
    { value: { case: 'dimParam' as const, value: batchDimension } },
    { value: { case: 'dimValue' as const, value: BigInt(columns) } },
  ];
  return { name, docString, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}
