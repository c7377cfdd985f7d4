import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EpochEnd, MethodContext } from './method.ts';
import { vectorVariable } from './state.ts';

/** The margin setting of every penalty and multiplier method. */
export const marginSetting = z.number().min(0).max(10).default(0.02).meta({
  title: 'Margin',
  description:
    'Added to the bound while training. These methods end on the bound or a little below it; the margin keeps that little above it.',
  unit: 'standard deviations of the target',
  changeable: true,
});

/** The bound while training, for each output: epsilon + margin · (standard deviation of the target), scaled. */
export interface TrainingBound {
  /** [outputs]; part of the method's state. */
  readonly variable: tf.Variable<tf.Rank.R1>;
  /** g = bound - prediction, [batch, outputs]: above 0 where the constraint is violated. */
  violation(prediction: tf.Tensor2D): tf.Tensor2D;
  setMargin(margin: number): void;
}

/**
 * Creates the bound as a Variable, which a traced step can read.
 *
 * @param margin - in standard deviations of each target
 */
export function trainingBound(context: MethodContext, margin: number): TrainingBound {
  const { tf, epsilon, targetDeviation } = context;
  const withMargin = (size: number) => epsilon.map((bound, output) => bound + size * (targetDeviation[output] ?? 1));
  const variable = vectorVariable(context, withMargin(margin));
  return {
    variable,
    violation: (prediction) => tf.sub<tf.Tensor2D>(variable, prediction),
    setMargin: (size) => {
      tf.tidy(() => {
        variable.assign(tf.tensor1d(withMargin(size)));
      });
    },
  };
}

/**
 * Violations of the bound itself, without the margin: the largest epsilon - prediction over rows and outputs, at least
 * 0, and the number and share of predictions that are more than `tolerance` below the bound.
 */
export function violationOf(
  context: MethodContext,
  { predictions }: EpochEnd,
  tolerance: number,
): { largest: number; violated: number; share: number } {
  const { epsilon, outputs } = context;
  let largest = 0;
  let violated = 0;
  predictions.forEach((prediction, index) => {
    const violation = (epsilon[index % outputs] ?? 0) - prediction;
    if (violation > tolerance) violated++;
    largest = Math.max(largest, violation);
  });
  return { largest, violated, share: violated / predictions.length };
}
