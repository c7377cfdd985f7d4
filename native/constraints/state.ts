import type * as tf from '@tensorflow/tfjs-core';
import type { Gathered, MethodContext } from './method.ts';

/**
 * Values that methods keep from step to step. They are Variables, so that a checkpoint finds them by name and a traced
 * step by object. They are not trainable: the optimizer never changes them.
 */

/** A Variable with one number. */
export function scalarVariable(context: MethodContext, value: number): tf.Variable<tf.Rank.R0> {
  const { tf } = context;
  return tf.tidy(() => tf.variable(tf.scalar(value), false));
}

/** A Variable with several numbers, [values]. */
export function vectorVariable(context: MethodContext, values: ArrayLike<number>): tf.Variable<tf.Rank.R1> {
  const { tf } = context;
  return tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from(values)), false));
}

/** A Variable with one number for each training row and output, [trainRows, outputs]. */
export function perSampleVariable(context: MethodContext, value: number): tf.Variable<tf.Rank.R2> {
  const { tf, trainRows, outputs } = context;
  return tf.tidy(() => tf.variable(tf.fill<tf.Rank.R2>([trainRows, outputs], value), false));
}

/** Sets a scalar Variable, which stays the same object. */
export function assignScalar(context: MethodContext, variable: tf.Variable<tf.Rank.R0>, value: number): void {
  const { tf } = context;
  tf.tidy(() => {
    variable.assign(tf.scalar(value));
  });
}

/** The value of a scalar Variable; reads back, so it must not be used in a step. */
export const readScalar = (variable: tf.Variable<tf.Rank.R0>): number => variable.dataSync()[0] ?? Number.NaN;

/** The rows of a batch, [batch, outputs]; `rows` is int32 [batch] and may name a row more than once. */
export const gatherRows = (context: MethodContext, variable: tf.Variable<tf.Rank.R2>, rows: tf.Tensor1D): tf.Tensor2D =>
  context.tf.gather<tf.Tensor2D>(variable, rows);

/** The rows that `gather` returned under this name. */
export function gatheredRows(gathered: Gathered, name: string): tf.Tensor2D {
  const rows = gathered[name];
  if (rows === undefined) throw new Error(`"${name}" was not gathered for this batch`);
  return rows;
}

/**
 * Writes the rows of a batch back. A row that occurs twice gets one of its two values; they are equal, since both come
 * from one forward pass of the same row.
 */
export function scatterRows(
  context: MethodContext,
  variable: tf.Variable<tf.Rank.R2>,
  rows: tf.Tensor1D,
  values: tf.Tensor2D,
): void {
  const { tf } = context;
  variable.assign(tf.tensorScatterUpdate(variable, tf.expandDims(rows, 1), values));
}

/** Largest absolute multiplier; reads one number back. */
export function largestMultiplier({ tf }: MethodContext, multipliers: tf.Variable<tf.Rank.R2>): number {
  return tf.tidy(() => tf.max(tf.abs(multipliers)).dataSync()[0] ?? Number.NaN);
}
