import type * as tf from '@tensorflow/tfjs-core';

/** The trainable weights of one dense layer. */
export interface LayerVariables {
  /** [inputs, units]. */
  readonly kernel: tf.Variable<tf.Rank.R2>;
  /** [units]. */
  readonly bias: tf.Variable<tf.Rank.R1>;
}

/** The weights of one dense layer as tensors, for the forward pass. */
export interface LayerTensors {
  readonly kernel: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}
