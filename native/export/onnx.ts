import { constants } from 'node:buffer';
import { create, fromBinary, fromJson, toBinary, toJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { OrthantError } from '../contract/errors.ts';
import type { Model } from '../network/model.ts';
import { addFeatures } from './features.ts';
import { ModelProtoSchema, TensorProtoSchema, type ModelProto } from './generated/onnx_pb.js';
import { attribute, GraphBuilder, mlDomain } from './graph.ts';
import { addIntervals, reserveEnds } from './intervals.ts';
import { commonMetadata, hashWeights, writeEntries, type ExportMetadata, type GraphInterface } from './metadata.ts';
import { activationExports, transformOperators } from './operators.ts';

/** Supported by all readers since 2022: ONNX 1.12, ONNX Runtime 1.13. */
const irVersion = 8n;
const opsets = [
  { domain: '', version: 17n },
  { domain: mlDomain, version: 3n },
];

/** Largest size of the weights in an ONNX file, in bytes: the limit of protobuf is 2 GiB, minus some for the rest. */
export const mostWeightBytes = 2 ** 31 - 2 ** 24;

export interface OnnxModel {
  readonly proto: ModelProto;
  /** Names of its inputs and outputs, also in its metadata. */
  readonly names: GraphInterface;
}

/**
 * Builds an ONNX model with raw columns as inputs and predictions in the targets' units as outputs.
 *
 * Inputs: `inputs`, float32 [N, number columns] in the order of the schema (absent without number columns), and one
 * string input [N, 1] named after each categorical column. Outputs: one [N, 1] named after each target, then with
 * `intervals` two named `<target>_low` and `<target>_high`. If two names would be the same, one gets a number;
 * `orthant.interface` in the metadata has the names.
 *
 * @param intervals - whether the ends of the model's intervals, if it has any, are outputs too
 */
export function buildOnnx(model: Model, metadata: ExportMetadata, intervals = false): OnnxModel {
  const graph = new GraphBuilder();
  const names = reserveNames(graph, model, intervals && model.intervals !== undefined);
  const features = addFeatures(graph, model.schema.inputs, names);
  addOutputs(graph, model, addPrediction(graph, model, features), names);
  addIntervals(graph, model, names);
  const entries = writeEntries({ ...commonMetadata(model, metadata), interface: names });
  const proto = create(ModelProtoSchema, {
    irVersion,
    opsetImport: opsets,
    producerName: 'orthant',
    producerVersion: metadata.versions.orthant ?? '',
    docString: `Trained by Orthant with the method ${metadata.method.id}. ${metadata.evidence.statement}`,
    graph: graph.build('orthant'),
    metadataProps: Object.entries(entries).map(([key, value]) => ({ key, value })),
  });
  return { proto, names };
}

/** Reserves the public names first, so that no inner value can take one. */
function reserveNames(graph: GraphBuilder, { schema }: Model, intervals: boolean): GraphInterface {
  const numbers = schema.inputs.filter(({ kind }) => kind === 'number').map(({ column }) => column);
  const categories = schema.inputs.filter(({ kind }) => kind !== 'number');
  const names = {
    ...(numbers.length === 0 ? {} : { numbers: { input: graph.reserve('inputs'), columns: numbers } }),
    categories: categories.map(({ column }) => ({ input: graph.reserve(column), column })),
    targets: schema.targets.map(({ name }) => ({ output: graph.reserve(name), target: name })),
  };
  return intervals ? { ...names, targets: names.targets.map((target) => reserveEnds(graph, target)) } : names;
}

/** The network, its output transform and the de-scaling: features [N, features] -> predictions [N, targets]. */
function addPrediction(graph: GraphBuilder, { layers, transform, schema }: Model, features: string): string {
  let x = features;
  layers.forEach(({ inputs, units, kernel, bias, activation }, index) => {
    const layer = index === layers.length - 1 ? 'last' : `hidden_${index + 1}`;
    const weights = graph.floats(`${layer}_kernel`, [inputs, units], kernel);
    x = graph.node('Gemm', `${layer}_linear`, [x, weights, graph.floats(`${layer}_bias`, [units], bias)]);
    x = activationExports[activation].onnx(graph, `${layer}_output`, x);
  });
  if (transform !== undefined) {
    x = transformOperators[transform.kind](graph, 'transformed', x);
    const { factor } = transform;
    if (factor !== undefined) {
      x = graph.node('Mul', 'smeared', [x, graph.floats('transform_factor', [factor.length], factor)]);
    }
    const epsilon = graph.floats('transform_epsilon', [transform.epsilon.length], transform.epsilon);
    x = graph.node('Add', 'bounded', [x, epsilon]);
  }
  const scale = Float32Array.from(schema.targets, (target) => target.scale);
  if (scale.every((value) => value === 1)) return x;
  return graph.node('Mul', 'predictions', [x, graph.floats('target_scale', [scale.length], scale)]);
}

function addOutputs(graph: GraphBuilder, model: Model, predictions: string, { targets }: GraphInterface): void {
  const [only] = targets;
  if (only !== undefined && targets.length === 1) {
    graph.rename(predictions, only.output);
  } else {
    const ones = graph.integers(
      'target_columns',
      targets.map(() => 1),
    );
    graph.node('Split', 'split_predictions', [predictions, ones], {
      attributes: [attribute.integer('axis', 1)],
      outputs: targets.map(({ output }) => output),
    });
  }
  targets.forEach(({ output, target }, index) => {
    graph.output(
      output,
      `Prediction of "${target}" in its own units, required to be at least ${model.epsilon[index] ?? 0}; see orthant.evidence in the metadata`,
    );
  });
}

/** Hash of the weights in a graph, equal to `hashWeights` of the model's layers. */
export function hashOnnxWeights({ graph }: ModelProto): string {
  const constants = new Map(graph?.initializer.map(({ name, rawData }) => [name, rawData]));
  const layers = graph?.node.filter(({ opType }) => opType === 'Gemm') ?? [];
  return hashWeights(
    layers.flatMap(({ input }) => input.slice(1).map((name) => constants.get(name) ?? new Uint8Array())),
  );
}

/** A model as the bytes of an .onnx file. */
export function encodeOnnx(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}

/**
 * A model as ONNX's JSON: protobuf's JSON mapping in camelCase, which Python's `onnx` and Netron read. In pieces,
 * because a large model as one string would exceed JavaScript's limit.
 */
export function* encodeOnnxJson(model: ModelProto): Generator<string> {
  const initializers = model.graph?.initializer ?? [];
  const graph = model.graph === undefined ? undefined : { ...model.graph, initializer: [] };
  const { graph: rest, ...outside } = toJson(ModelProtoSchema, {
    ...model,
    ...(graph === undefined ? {} : { graph }),
  }) as JsonObject;
  const withoutEnd = (value: JsonValue | undefined): string => JSON.stringify(value ?? {}).slice(0, -1);
  yield `${withoutEnd(outside)},"graph":${withoutEnd(rest)},"initializer":[`;
  for (const [index, tensor] of initializers.entries()) {
    const head = toJson(TensorProtoSchema, { ...tensor, rawData: new Uint8Array() });
    yield `${index === 0 ? '' : ','}${withoutEnd(head)},"rawData":"`;
    yield* base64(tensor.rawData);
    yield '"}';
  }
  yield ']}}\n';
}

/** Number of bytes per string: a multiple of 3, so that only the last piece is padded. */
const pieceBytes = 3 * 2 ** 20;

/** Base64 by Node, which is fifty times faster than that of the protobuf library. */
function* base64({ buffer, byteOffset, byteLength }: Uint8Array): Generator<string> {
  for (let from = 0; from < byteLength; from += pieceBytes) {
    const length = Math.min(pieceBytes, byteLength - from);
    yield Buffer.from(buffer, byteOffset + from, length).toString('base64');
  }
}

/**
 * Decodes an .onnx or .onnx.json file, recognised by its content; JSON in camelCase or snake_case.
 *
 * @param what - name of the file in errors
 * @throws OrthantError `file` if it is neither
 */
export function decodeOnnx(bytes: Uint8Array, what: string): ModelProto {
  const isJson = /^(?:\uFEFF)?\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
  if (isJson && bytes.length > constants.MAX_STRING_LENGTH) {
    throw new OrthantError(
      'file',
      `${what} is too large to be read as JSON: Node reads ${Math.floor(constants.MAX_STRING_LENGTH / 1e6)} MB at most. Use the model's .onnx file, which holds the same model.`,
    );
  }
  try {
    const model = isJson
      ? fromJson(ModelProtoSchema, JSON.parse(new TextDecoder().decode(bytes)) as JsonValue, {
          ignoreUnknownFields: true,
        })
      : fromBinary(ModelProtoSchema, bytes);
    if (model.graph !== undefined) return model;
  } catch (error) {
    throw new OrthantError('file', `${what} is damaged or not an ONNX file. Export the model again.`, {
      cause: error,
    });
  }
  throw new OrthantError('file', `${what} is not an ONNX model: it holds no graph.`);
}
