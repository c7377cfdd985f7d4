import { createRequire } from 'node:module';

/**
 * TensorFlow's graph messages, written with the protobuf classes that tfjs-node ships (google-protobuf, no types of its
 * own). This file has only thin, typed constructors; other files decide the content of a graph.
 */

/** TensorFlow's DataType numbers that a training step needs. */
export const DataType = { float: 1, int32: 3, string: 7, int64: 9, bool: 10, resource: 20 } as const;

/** A protobuf message: opaque except for its bytes. */
interface Message {
  serializeBinary(): Uint8Array;
}
export type AttrValue = Message & { readonly __attr?: never };
export type NodeDef = Message & { getName(): string; getOp(): string; getInputList(): string[] };
export type FunctionDef = Message & { readonly __function?: never };

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return --
   the generated classes are plain JavaScript without declarations; this file is where they get types. */
let loaded: any;
const messages = (): any =>
  (loaded ??= createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js'));

const build = (name: string, fill: (message: any) => void): any => {
  const Class = name.split('.').reduce((scope, part) => scope[part], messages());
  const message = new Class();
  fill(message);
  return message;
};

const shapeMessage = (shape: readonly number[]): Message =>
  build('TensorShape', (message) => {
    for (const size of shape) message.addDim(build('TensorShape.Dim', (dim) => dim.setSize(size)));
  });

const listValue = (fill: (list: any) => void): AttrValue =>
  build('AttrValue', (message) => message.setList(build('AttrValue.ListValue', fill)));

/** Values of node attributes. */
export const attr = {
  type: (type: number): AttrValue => build('AttrValue', (message) => message.setType(type)),
  bool: (value: boolean): AttrValue => build('AttrValue', (message) => message.setB(value)),
  int: (value: number): AttrValue => build('AttrValue', (message) => message.setI(value)),
  float: (value: number): AttrValue => build('AttrValue', (message) => message.setF(value)),
  string: (value: string): AttrValue => build('AttrValue', (message) => message.setS(new TextEncoder().encode(value))),
  shape: (shape: readonly number[]): AttrValue =>
    build('AttrValue', (message) => message.setShape(shapeMessage(shape))),
  /** The name of a function of the library. */
  func: (name: string): AttrValue =>
    build('AttrValue', (message) => message.setFunc(build('NameAttrList', (list) => list.setName(name)))),
  types: (types: readonly number[]): AttrValue => listValue((list) => list.setTypeList([...types])),
  ints: (values: readonly number[]): AttrValue => listValue((list) => list.setIList([...values])),
  shapes: (shapes: readonly (readonly number[])[]): AttrValue =>
    listValue((list) => {
      for (const shape of shapes) list.addShape(shapeMessage(shape));
    }),
  /** A constant's value, row-major; little-endian as in memory. */
  tensor: (type: number, shape: readonly number[], data: ArrayBufferView): AttrValue =>
    build('AttrValue', (message) =>
      message.setTensor(
        build('Tensor', (tensor) => {
          tensor.setDtype(type);
          tensor.setTensorShape(shapeMessage(shape));
          tensor.setTensorContent(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
        }),
      ),
    ),
};

/** One operation. In a graph inputs are `node:index` or `^node`, in a function `node:outputArgument:index`. */
export const node = (
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, AttrValue>> = {},
): NodeDef =>
  build('NodeDef', (message) => {
    message.setName(name);
    message.setOp(op);
    for (const input of inputs) message.addInput(input);
    for (const [key, value] of Object.entries(attributes)) message.getAttrMap().set(key, value);
  });

export const constant = (name: string, type: number, shape: readonly number[], data: ArrayBufferView): NodeDef =>
  node(name, 'Const', [], { dtype: attr.type(type), value: attr.tensor(type, shape, data) });

/** A named, typed argument or result of a function. */
export interface Argument {
  readonly name: string;
  readonly type: number;
}

/** A function: `returns` gives the node output (`node:outputArgument:index`, or an argument's name) of each result. */
export const functionDef = (definition: {
  readonly name: string;
  readonly inputs: readonly Argument[];
  readonly outputs: readonly Argument[];
  readonly nodes: readonly NodeDef[];
  readonly returns: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, AttrValue>>;
}): FunctionDef => {
  const argument = ({ name, type }: Argument): Message =>
    build('OpDef.ArgDef', (message) => {
      message.setName(name);
      message.setType(type);
    });
  return build('FunctionDef', (message) => {
    message.setSignature(
      build('OpDef', (signature) => {
        signature.setName(definition.name);
        for (const input of definition.inputs) signature.addInputArg(argument(input));
        for (const output of definition.outputs) signature.addOutputArg(argument(output));
      }),
    );
    for (const item of definition.nodes) message.addNodeDef(item);
    for (const [key, value] of Object.entries(definition.returns)) message.getRetMap().set(key, value);
    for (const [key, value] of Object.entries(definition.attributes ?? {})) message.getAttrMap().set(key, value);
  });
};

/** The tag of the only graph of a saved model. */
export const savedModelTag = 'serve';

/** Bytes of `saved_model.pb` with one graph. */
export const savedModel = (nodes: readonly NodeDef[], functions: readonly FunctionDef[]): Uint8Array =>
  (
    build('SavedModel', (model) => {
      model.setSavedModelSchemaVersion(1);
      model.addMetaGraphs(
        build('MetaGraphDef', (meta) => {
          meta.setMetaInfoDef(build('MetaGraphDef.MetaInfoDef', (info) => info.addTags(savedModelTag)));
          meta.setGraphDef(
            build('GraphDef', (graph) => {
              for (const item of nodes) graph.addNode(item);
              // Any producer number of 2.x or later: older ones enable compatibility rewrites.
              graph.setVersions(build('VersionDef', (version) => version.setProducer(2000)));
              graph.setLibrary(
                build('FunctionDefLibrary', (library) => {
                  for (const item of functions) library.addFunction(item);
                }),
              );
            }),
          );
        }),
      );
    }) as Message
  ).serializeBinary();
