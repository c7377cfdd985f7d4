import type * as tfjs from '@tensorflow/tfjs-core';
import { positiveByConstruction, type ConstraintMethod, type TargetFunction } from '../constraints/method.ts';
import { lossTargets, type Loss, type RunConfiguration, type TrainingSettings } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';

/**
 * The losses, each in two forms: as tfjs operations for the training step, and in float64 for the evaluation. All are
 * means over rows and outputs, in scaled units (targets have deviation 1). With p the prediction and y the target:
 *
 *     squared-error  (p - y)^2
 *     absolute       |p - y|
 *     huber          (p - y)^2 / 2 where |p - y| <= 1, else |p - y| - 1/2
 *     poisson        p - y log p          negative log-likelihood of a Poisson count, without its constant
 *     gamma          y / p + log p        the same for a Gamma variable: half its deviance, without its constant
 *     tweedie        p^(2-k) / (2-k) - y p^(1-k) / (1-k)   the same for a Tweedie variable of power k, 1 < k < 2
 *
 * The last three need p > 0: McCullagh & Nelder, Generalized Linear Models, 1989, chapters 6 and 8; Jorgensen, The
 * Theory of Dispersion Models, 1997, chapter 4. The Tweedie deviance is homogeneous of degree 2 - k: in the target's own
 * units it is the scaled one times the scale to the power 2 - k, so scaling does not change where its minimum is.
 */
export interface LossFunction {
  /** Element-wise, [batch, outputs]. */
  tensor(tf: typeof tfjs, prediction: tfjs.Tensor2D, target: tfjs.Tensor2D): tfjs.Tensor2D;
  readonly element: (prediction: number, target: number) => number;
}

const functions: Readonly<Record<Loss, (power: number) => LossFunction>> = {
  'squared-error': () => ({
    tensor: (tf, p, y) => tf.square(tf.sub(p, y)),
    element: (p, y) => (p - y) ** 2,
  }),
  absolute: () => ({
    tensor: (tf, p, y) => tf.abs(tf.sub(p, y)),
    element: (p, y) => Math.abs(p - y),
  }),
  huber: () => ({
    // With q = min(|d|, 1), q (|d| - q / 2) is both branches at once.
    tensor: (tf, p, y) => {
      const distance = tf.abs(tf.sub(p, y));
      const quadratic = tf.minimum(distance, 1);
      return tf.mul(quadratic, tf.sub(distance, tf.mul(quadratic, 0.5)));
    },
    element: (p, y) => {
      const distance = Math.abs(p - y);
      return distance <= 1 ? distance ** 2 / 2 : distance - 0.5;
    },
  }),
  poisson: () => ({
    tensor: (tf, p, y) => tf.sub(p, tf.mul(y, tf.log(p))),
    element: (p, y) => p - y * Math.log(p),
  }),
  gamma: () => ({
    tensor: (tf, p, y) => tf.add(tf.div(y, p), tf.log(p)),
    element: (p, y) => y / p + Math.log(p),
  }),
  tweedie: (power) => ({
    // p^(1-k) (p / (2-k) - y / (1-k)); its exponent is above -1, so that no positive float32 makes it infinite.
    tensor: (tf, p, y) =>
      tf.mul(tf.exp(tf.mul(tf.log(p), 1 - power)), tf.add(tf.mul(p, 1 / (2 - power)), tf.mul(y, 1 / (power - 1)))),
    element: (p, y) => p ** (2 - power) / (2 - power) - (y * p ** (1 - power)) / (1 - power),
  }),
};

/** The loss of a configuration. */
export const lossOf = ({ loss, tweediePower }: Pick<TrainingSettings, 'loss' | 'tweediePower'>): LossFunction =>
  functions[loss](tweediePower);

/** Mean of the loss over a batch as tfjs operations; `prediction` and `target` are [batch, outputs], scaled. */
export function lossTensor(
  tf: typeof tfjs,
  loss: LossFunction,
  prediction: tfjs.Tensor2D,
  target: tfjs.Tensor2D,
): tfjs.Scalar {
  return tf.mean(loss.tensor(tf, prediction, target));
}

/** Mean of the loss in float64; both arrays are row-major [rows, outputs], scaled. */
export function meanLoss({ element }: LossFunction, predictions: Float32Array, targets: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < targets.length; i++) sum += element(predictions[i] ?? 0, targets[i] ?? 0);
  return sum / targets.length;
}

/**
 * Refuses a loss with a logarithm if predictions, or the function of the targets that is trained on, may be 0 or
 * negative.
 *
 * @throws OrthantError `configuration` with the wrong field and the options that fix it
 */
export function checkLoss(
  configuration: RunConfiguration,
  method: Pick<ConstraintMethod, 'title' | 'promise'>,
  targetFunction?: TargetFunction,
): void {
  const { loss } = configuration.training;
  if (lossTargets[loss] === undefined) return;
  if (targetFunction !== undefined) {
    throw new OrthantError(
      'configuration',
      `The network is trained on the ${targetFunction.name} of the target, which may be negative, but the ${loss} loss is not defined for negative numbers. Choose the loss squared-error, absolute or huber (--loss squared-error), or train on the target itself (--set target=as-is).`,
      { field: 'training.loss' },
    );
  }
  const what = `The ${loss} loss takes the logarithm of the prediction, so every prediction must be above zero.`;
  const { epsilon } = configuration.constraint;
  const bounds = typeof epsilon === 'number' ? [epsilon] : Object.values(epsilon);
  const bounded = bounds.length > 0 && bounds.every((bound) => bound > 0);
  if (!positiveByConstruction(method)) {
    throw new OrthantError(
      'configuration',
      `${what} The method "${method.title}" does not ensure this for every input. Choose non-negative-last-layer or output-transform${bounded ? '' : ' and a bound above 0'} (--method non-negative-last-layer${bounded ? '' : ' --epsilon 0.001'}), or the loss squared-error, absolute or huber.`,
      { field: 'training.loss' },
    );
  }
  if (!bounded) {
    throw new OrthantError(
      'configuration',
      `${what} With the bound 0 a prediction may be exactly 0. Give every target a bound above 0 that is small beside its positive values, for example --epsilon 0.001.`,
      { field: 'constraint.epsilon' },
    );
  }
}

/**
 * Refuses targets for which the loss is not defined.
 *
 * @param targets - row-major [rows, names.length], scaled or not
 * @throws OrthantError `configuration`
 */
export function checkLossTargets(loss: Loss, targets: Float32Array, names: readonly string[]): void {
  const domain = lossTargets[loss];
  if (domain === undefined) return;
  names.forEach((name, output) => {
    let bad = 0;
    for (let i = output; i < targets.length; i += names.length) {
      const value = targets[i] ?? 0;
      if (value < 0 || (domain === 'positive' && value === 0)) bad++;
    }
    if (bad === 0) return;
    throw new OrthantError(
      'configuration',
      `The ${loss} loss is defined for targets that are ${domain}, but "${name}" has ${bad} training rows that are not. Choose the loss squared-error, absolute or huber${domain === 'positive' ? ', or tweedie or poisson if the target is never negative' : ''}.`,
      { field: 'training.loss' },
    );
  });
}
