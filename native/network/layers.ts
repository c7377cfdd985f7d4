import type * as tf from '@tensorflow/tfjs-core';

/** The weights of one dense layer while it trains. */
export interface LayerVariables {
  /** [inputs, units]. */
  readonly kernel: tf.Variable<tf.Rank.R2>;
  /** [units]. */
  readonly bias: tf.Variable<tf.Rank.R1>;
}

/** The same weights as tensors: what the forward pass multiplies with. */
export interface LayerTensors {
  readonly kernel: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}
