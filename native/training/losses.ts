import type * as tfjs from '@tensorflow/tfjs-core';
import { positiveByConstruction, type ConstraintMethod } from '../constraints/method.ts';
import type { Loss, RunConfiguration } from '../contract/configuration.ts';
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
 *
 * The last two need p > 0: McCullagh & Nelder, Generalized Linear Models, 1989, chapters 6 and 8.
 */
interface LossFunction {
  /** Element-wise, [batch, outputs]. */
  tensor(tf: typeof tfjs, prediction: tfjs.Tensor2D, target: tfjs.Tensor2D): tfjs.Tensor2D;
  readonly element: (prediction: number, target: number) => number;
  /** The targets for which the loss is defined, if not all. */
  readonly targets?: 'not negative' | 'positive';
}

const functions: Readonly<Record<Loss, LossFunction>> = {
  'squared-error': {
    tensor: (tf, p, y) => tf.square(tf.sub(p, y)),
    element: (p, y) => (p - y) ** 2,
  },
  absolute: {
    tensor: (tf, p, y) => tf.abs(tf.sub(p, y)),
    element: (p, y) => Math.abs(p - y),
  },
  huber: {
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
  },
  poisson: {
    tensor: (tf, p, y) => tf.sub(p, tf.mul(y, tf.log(p))),
    element: (p, y) => p - y * Math.log(p),
    targets: 'not negative',
  },
  gamma: {
    tensor: (tf, p, y) => tf.add(tf.div(y, p), tf.log(p)),
    element: (p, y) => y / p + Math.log(p),
    targets: 'positive',
  },
};

/** Mean of the loss over a batch as tfjs operations; `prediction` and `target` are [batch, outputs], scaled. */
export function lossTensor(tf: typeof tfjs, loss: Loss, prediction: tfjs.Tensor2D, target: tfjs.Tensor2D): tfjs.Scalar {
  return tf.mean(functions[loss].tensor(tf, prediction, target));
}

/** Mean of the loss in float64; both arrays are row-major [rows, outputs], scaled. */
export function meanLoss(loss: Loss, predictions: Float32Array, targets: Float32Array): number {
  const { element } = functions[loss];
  let sum = 0;
  for (let i = 0; i < targets.length; i++) sum += element(predictions[i] ?? 0, targets[i] ?? 0);
  return sum / targets.length;
}

/**
 * Refuses a loss with a logarithm if predictions may be 0 or negative.
 *
 * @throws OrthantError `configuration` with the wrong field and a way to fix it
 */
export function checkLoss(configuration: RunConfiguration, method: Pick<ConstraintMethod, 'title' | 'promise'>): void {
  const { loss } = configuration.training;
  if (functions[loss].targets === undefined) return;
  const what = `The ${loss} loss takes the logarithm of the prediction, so every prediction must be above zero.`;
  if (!positiveByConstruction(method)) {
    throw new OrthantError(
      'configuration',
      `${what} The method "${method.title}" does not ensure this for every input. Choose output-transform or non-negative-last-layer, or the loss squared-error, absolute or huber.`,
      { field: 'training.loss' },
    );
  }
  const { epsilon } = configuration.constraint;
  const bounds = typeof epsilon === 'number' ? [epsilon] : Object.values(epsilon);
  if (bounds.length === 0 || bounds.some((bound) => bound <= 0)) {
    throw new OrthantError(
      'configuration',
      `${what} With the bound 0 a prediction may be exactly 0. Give an epsilon above 0 for every target.`,
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
  const { targets: domain } = functions[loss];
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
      `The ${loss} loss is defined for targets that are ${domain}, but "${name}" has ${bad} training rows that are not. Choose the loss squared-error, absolute or huber${domain === 'positive' ? ', or poisson if the target is never negative' : ''}.`,
      { field: 'training.loss' },
    );
  });
}
