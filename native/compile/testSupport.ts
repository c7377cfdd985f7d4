import type * as tfjs from '@tensorflow/tfjs-core';
import { DataType } from './graphDef.ts';
import type { NodeBackend } from './tape.ts';

/**
 * A vector of ones whose length (1) is computed from a tensor. TensorFlow takes that; XLA, which must know all shapes
 * before it compiles, refuses it.
 */
export function onesOfComputedLength(tf: typeof tfjs, from: tfjs.Tensor): tfjs.Tensor1D {
  const backend = tf.backend() as unknown as NodeBackend & {
    createOutputTensor: (metadata: unknown) => tfjs.Tensor1D;
  };
  const { binding } = backend;
  const length = tf.cast(tf.add(tf.mul(tf.reshape(from, [1]), 0), 1), 'int32');
  const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const inputs = backend.getInputTensorIds([length, tf.scalar(1)]);
  const [ones] = binding.executeOp('Fill', [type('T', DataType.float), type('index_type', DataType.int32)], inputs, 1);
  return backend.createOutputTensor(ones);
}
