import type * as tf from '@tensorflow/tfjs-core';
import { OrthantError } from '../contract/errors.ts';
import type { Binding, NativeBackend, OperationAttribute, TensorMetadata } from '../tensorflow/nativeBackend.ts';

/** The native id of a tensor; uploads the tensor if it is not uploaded yet. */
export function nativeId(backend: NativeBackend, tensor: tf.Tensor): number {
  const [id] = backend.getInputTensorIds([tensor]);
  if (id === undefined) throw new OrthantError('internal', 'The backend gave no id for a tensor.');
  return id;
}

/** A constant made by the step: a shape, an axis, a number of the method. */
export interface TapeConstant {
  readonly kind: 'constant';
  readonly output: TensorMetadata;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface TapeOperation {
  readonly kind: 'operation';
  readonly name: string;
  readonly attributes: readonly OperationAttribute[];
  readonly inputs: readonly number[];
  readonly outputs: readonly TensorMetadata[];
}

export type TapeEntry = TapeConstant | TapeOperation;

/** Result of {@link record}. */
export interface Recording<Result> {
  readonly result: Result;
  readonly tape: readonly TapeEntry[];
  /** Native ids of tensors whose values JavaScript read. */
  readonly reads: readonly number[];
}

/**
 * Runs `work` and records every native operation it makes, in order. Tensors that `work` uses must be uploaded before
 * (see {@link nativeId}); otherwise their first use looks like a constant.
 */
export function record<Result>(backend: NativeBackend, work: () => Result): Recording<Result> {
  const { binding } = backend;
  const tape: TapeEntry[] = [];
  const reads: number[] = [];
  // The binding's own properties are not configurable, so it cannot be the target of a Proxy.
  const recorder = new Proxy({} as Binding, {
    get: (_target, key: keyof Binding) => {
      if (key === 'executeOp') {
        return (name: string, attributes: OperationAttribute[], inputs: number[], count: number): TensorMetadata[] => {
          const outputs = binding.executeOp(name, attributes, inputs, count);
          tape.push({
            kind: 'operation',
            name,
            attributes: [...attributes],
            inputs: [...inputs],
            outputs: [...outputs],
          });
          return outputs;
        };
      }
      if (key === 'createTensor') {
        return (shape: number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number => {
          const id = binding.createTensor(shape, dtype, values);
          tape.push({ kind: 'constant', output: { id, shape: [...shape], dtype }, values: values.slice() });
          return id;
        };
      }
      if (key === 'tensorDataSync') {
        return (id: number) => {
          reads.push(id);
          return binding.tensorDataSync(id);
        };
      }
      const value: unknown = Reflect.get(binding, key);
      return typeof value === 'function' ? (value.bind(binding) as unknown) : value;
    },
  });
  backend.binding = recorder;
  try {
    return { result: work(), tape, reads };
  } finally {
    backend.binding = binding;
  }
}

/** A tape and its source tensors: native id to a name that is the same for every batch. */
export interface NamedTape {
  readonly tape: readonly TapeEntry[];
  readonly sources: ReadonlyMap<number, string>;
}

/**
 * One line for each entry. Each tensor is named by its origin: a declared source by its name, a tape entry by its
 * position. So two tapes of the same step give the same lines.
 */
function lines({ tape, sources }: NamedTape): { what: string; line: string }[] {
  const names = new Map(sources);
  return tape.map((entry, position) => {
    const outputs = entry.kind === 'constant' ? [entry.output] : entry.outputs;
    outputs.forEach((output, index) => names.set(output.id, `#${position}:${index}`));
    const shapes = outputs.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`);
    if (entry.kind === 'constant') {
      const { buffer, byteOffset, byteLength } = entry.values;
      const content = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
      return {
        what: `a constant of shape [${entry.output.shape.join(', ')}]`,
        line: `constant ${shapes.join()} ${content}`,
      };
    }
    const inputs = entry.inputs.map((id) => names.get(id) ?? `captured ${id}`);
    return { what: entry.name, line: JSON.stringify([entry.name, entry.attributes, inputs, shapes]) };
  });
}

/**
 * The first difference between two tapes of the same work on different batches, as a sentence; undefined if they agree.
 * A difference means that JavaScript decided something from data or drew a random number: compiling this step would
 * give wrong results.
 */
export function difference(first: NamedTape, second: NamedTape): string | undefined {
  const [a, b] = [lines(first), lines(second)];
  for (let position = 0; position < Math.max(a.length, b.length); position++) {
    const [here, there] = [a[position], b[position]];
    if (here?.line === there?.line) continue;
    const what = here?.what ?? 'nothing';
    const other = there?.what ?? 'nothing';
    const constant = what.startsWith('a constant') ? ' (a random number drawn in JavaScript is one)' : '';
    const how = what === other ? `the same with other values, attributes or inputs${constant}` : other;
    return `operation ${position + 1} is ${what} on one batch and ${how} on the next`;
  }
  return undefined;
}

/** Whether a TensorFlow operation draws random numbers from internal state or from a resource. */
export const drawsRandomly = (operation: string): boolean =>
  /Random|Multinomial|TruncatedNormal|StatefulUniform|StatefulStandardNormal/.test(operation) &&
  !operation.startsWith('Stateless');

/** Names the operation that made the tensor with this id; a tensor that is not on the tape existed before. */
export function producerOf(tape: readonly TapeEntry[], id: number): string {
  const producer = tape.find((entry) => entry.kind === 'operation' && entry.outputs.some((output) => output.id === id));
  return producer?.kind === 'operation' ? `the result of ${producer.name}` : 'a tensor that existed before';
}
