import type * as tfjs from '@tensorflow/tfjs-core';
import { softplus } from './activations.ts';
import type { OutputTransformKind } from './model.ts';

/**
 * Larger exponents are cut to this limit: exp(30) = 1.07e13, whose square times the rows of a batch is still finite in
 * float32, whereas exp(89) is infinite and one such row ends a run. The limit is part of the stored model: training,
 * float64 and ONNX all compute the `exp` transform as exp(min(x, exponentLimit)).
 */
export const exponentLimit = 30;

interface NonNegativeFunction {
  /** Element-wise, any shape; no result is below 0. */
  readonly tensor: <T extends tfjs.Tensor>(tf: typeof tfjs, x: T) => T;
  /** The same function in float64. */
  readonly scalar: (x: number) => number;
  /** An x with scalar(x) = y, for y > 0 (and y <= exp(exponentLimit) for `exp`). */
  readonly inverse: (y: number) => number;
  /** The derivative at inverse(y), for y > 0. */
  readonly slope: (y: number) => number;
}

/**
 * Functions with non-negative values, for output transforms (of the linear output) and reparametrised weights (of the
 * free parameter). Far below zero (from about -103) `softplus` and `exp` are exactly 0 in float32 with gradient zero;
 * `relu` below 0 and `square` at 0 have gradient zero, too.
 */
export const nonNegativeFunctions: Readonly<Record<OutputTransformKind, NonNegativeFunction>> = {
  relu: { tensor: (tf, x) => tf.relu(x), scalar: (x) => Math.max(x, 0), inverse: (y) => y, slope: () => 1 },
  softplus: {
    tensor: (tf, x) => tf.softplus(x),
    scalar: softplus,
    inverse: (y) => (y > 30 ? y : Math.log(Math.expm1(y))),
    slope: (y) => -Math.expm1(-y),
  },
  exp: {
    tensor: <T extends tfjs.Tensor>(tf: typeof tfjs, x: T): T => tf.exp(tf.minimum<T>(x, exponentLimit)),
    scalar: (x) => Math.exp(Math.min(x, exponentLimit)),
    inverse: Math.log,
    slope: (y) => y,
  },
  square: { tensor: (tf, x) => tf.square(x), scalar: (x) => x * x, inverse: Math.sqrt, slope: (y) => 2 * Math.sqrt(y) },
};
