import type * as tfjs from '@tensorflow/tfjs-core';
import { nativeBackend, type Binding, type NativeBackend } from '../../tensorflow/nativeBackend.ts';
import { DataType } from '../graphDef.ts';

/** Runs `action` with some functions of the binding replaced. */
export function withBinding<Result>(backend: NativeBackend, replaced: Partial<Binding>, action: () => Result): Result {
  const { binding } = backend;
  // The binding's properties cannot be redefined.
  backend.binding = Object.create(
    binding,
    Object.fromEntries(Object.entries(replaced).map(([name, value]) => [name, { value }])),
  ) as Binding;
  try {
    return action();
  } finally {
    backend.binding = binding;
  }
}

/**
 * A vector of ones whose length (1) is computed from a tensor. TensorFlow accepts this; XLA, which must know all shapes
 * before it compiles, refuses it.
 */
export function onesOfComputedLength(tf: typeof tfjs, from: tfjs.Tensor): tfjs.Tensor {
  const backend = nativeBackend(tf);
  const length = tf.cast(tf.add(tf.mul(tf.reshape(from, [1]), 0), 1), 'int32');
  const type = (name: string, value: number) => ({ name, type: backend.binding.TF_ATTR_TYPE, value });
  const attributes = [type('T', DataType.float), type('index_type', DataType.int32)];
  return backend.executeSingleOutput('Fill', attributes, [length, tf.scalar(1)]);
}
