import type * as tfjs from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { ConstraintMethod, Gathered, MethodContext } from './method.ts';
import {
  assignScalar,
  disposeAll,
  gatheredRows,
  gatherRows,
  multiplierReport,
  perSampleVariable,
  readScalar,
  scalarVariable,
  scatterRows,
} from './state.ts';
import { marginSetting, trainingBound } from './trainingBound.ts';

const settings = z.strictObject({
  damping: z.number().min(0).max(1e4).default(10).meta({
    title: 'Damping c',
    description:
      'Weight of the squared equality. Without it weights and multipliers circle each other and may diverge.',
    changeable: true,
  }),
  dualRate: z.number().positive().max(1000).default(1).meta({
    title: 'Dual rate',
    description: 'Step of the ascent on the multipliers, each time a row is visited. Keep it below the damping.',
    changeable: true,
  }),
  slackRate: z.number().positive().max(100).default(1).meta({
    title: 'Slack rate',
    description: 'Step of the descent on the slacks, each time a row is visited.',
    changeable: true,
  }),
  slackStart: z.enum(['prediction', 'one']).default('prediction').meta({
    title: 'Slacks start at',
    description:
      'prediction: the root of how far the first prediction is above the bound, plus the floor. one: 1, whatever the prediction.',
  }),
  slackFloor: z.number().min(0).max(1).default(0.01).meta({
    title: 'Slack floor',
    description:
      'Added under the root of a slack that starts at the prediction. With 0, rows that start below the bound have slack 0 and are stuck.',
  }),
  resetDeadSlacks: z.boolean().default(true).meta({
    title: 'Reset dead slacks',
    description: 'Once an epoch, set slacks that are stuck at zero to 0.1. Off, one can watch them stall.',
  }),
  margin: marginSetting,
});

/** A slack below this is stuck: its gradient is proportional to itself. */
const deadSlack = 1e-6;
const resetSlack = 0.1;
/** Stands for "not visited yet": the slack is then taken from the row's first prediction. Slacks are never negative. */
const unvisited = -1;
/** A visit multiplies a slack by at least and at most this, so that one step cannot throw it away. */
const slackFactor = { least: 0.1, most: 10 } as const;
/** Multipliers of equalities are hardly ever exactly 0: smaller ones do not count as active. */
const activeThreshold = 1e-3;

/**
 * Slack variables and Lagrange multipliers, the thread's second answer: the inequality p >= b becomes the equality
 * p - b - s² = 0 with one slack s and one multiplier λ for each row and output. The optimum is a saddle point: descend
 * on weights and slacks while ascending on the multipliers.
 *
 *     ℒ(θ, s, λ) = L(θ) + mean(λ h + c/2 h²),   h = p - b - s²,   b = ε + m
 *     each step:  θ descends on ℒ
 *                 s <- s · (1 + 2 η_s (λ + c h) / (1 + 4 η_s c s²)), the factor kept within 0.1 and 10
 *                 λ <- λ + η_λ h                    both for the rows of the batch
 *
 * p, h: predictions and equalities, [batch, outputs]; s, λ: [training rows, outputs], gathered and scattered by row; λ
 * from 0 and free in sign (negative where the bound pushes; -λ is the multiplier of the inequality); ε the bound, one an
 * output; m the margin; c the damping of Platt & Barr's modified differential method of multipliers. The mean runs over
 * rows and outputs. s and λ are constants while the weights move; all three moves use the predictions of one forward
 * pass. The slack's move is a linearly implicit gradient step (∂ℒ/∂s = -2 s (λ + c h), Gauss-Newton curvature 4 c s²):
 * the explicit one, s + 2 η_s s (λ + c h), needs η_s < 1 / (2 c s²) and blows up on large targets.
 *
 * The known weakness: the gradient of s is proportional to s, so a slack at 0 stays there for ever and freezes its row
 * at the equality p = b, even where the loss wants it above. Slacks therefore start at sqrt([p - b]+ + floor) of their
 * first prediction, and dead ones (|s| < 1e-6 while λ + c h > 0, so that the slack should grow) are counted once an
 * epoch and set to 0.1.
 *
 * Sources: PyTorch forum thread 178758, second answer; Platt & Barr, Constrained Differential Optimization, NIPS 1987;
 * Armand & Orban, GERAD G-2007-62, on what squared slacks cost. Eliminating s by hand gives the augmented Lagrangian.
 *
 * Promises: where it converges, no training row is below the bound. Does not promise: convergence, least of all without
 * damping; anything about rows that were not trained on, which have neither slack nor multiplier.
 */
export const slackLagrangian: ConstraintMethod<typeof settings> = {
  id: 'slack-lagrangian',
  title: 'Slacks and Lagrange multipliers',
  summary:
    'Turns each inequality into an equality with a slack, then descends on weights and slacks and ascends on multipliers.',
  promise: 'at-convergence',
  promiseText:
    'Training rows are at or above the bound once it has converged; on the way, and without enough damping, they may not be.',
  formula: String.raw`\min_{\theta, s} \max_{\lambda} \; L(\theta) + \operatorname{mean}_{ij}\left(\lambda_{ij} h_{ij} + \frac{c}{2} h_{ij}^2\right), \quad h_{ij} = p_{ij} - \varepsilon_j - m_j - s_{ij}^2`,
  source:
    'Second answer of the PyTorch forum thread 178758; Platt & Barr, Constrained Differential Optimization, NIPS 1987.',
  preconditions: [],
  settings,
  positiveByConstruction: false,
  check: ({ damping, dualRate }) =>
    dualRate > damping
      ? [
          {
            message: `The dual rate ${dualRate} is above the damping ${damping}: multipliers are likely to swing or diverge. Keep it below.`,
          },
        ]
      : [],
  create: ({ damping, dualRate, slackRate, slackStart, slackFloor, resetDeadSlacks, margin }, context) => {
    const { tf } = context;
    const bound = trainingBound(context, margin);
    const state = {
      bound: bound.variable,
      multipliers: perSampleVariable(context, 0),
      slacks: perSampleVariable(context, slackStart === 'one' ? 1 : unvisited),
      damping: scalarVariable(context, damping),
      dualRate: scalarVariable(context, dualRate),
      slackRate: scalarVariable(context, slackRate),
    };
    let deadSlacks = 0;

    /** Multipliers, slacks and h = p - b - s² of a batch; slacks of first visits come from the prediction. */
    const parts = (prediction: tfjs.Tensor2D, gathered: Gathered) => {
      const multipliers = gatheredRows(gathered, 'multipliers');
      const stored = gatheredRows(gathered, 'slacks');
      const first = tf.sqrt(tf.add(tf.relu(tf.neg(bound.violation(constant(context, prediction)))), slackFloor));
      const slacks = tf.where(tf.less(stored, 0), first, stored);
      const equality = tf.sub<tfjs.Tensor2D>(tf.neg(bound.violation(prediction)), tf.square(slacks));
      return { multipliers, slacks, equality };
    };

    return {
      state,
      gather: (rows) => ({
        multipliers: gatherRows(context, state.multipliers, rows),
        slacks: gatherRows(context, state.slacks, rows),
      }),
      term: (prediction, gathered) => {
        const { multipliers, equality } = parts(prediction, gathered);
        const damped = tf.mul(tf.mul(state.damping, 0.5), tf.square(equality));
        return tf.mean(tf.add(tf.mul(multipliers, equality), damped));
      },
      update: (prediction, rows, gathered) => {
        tf.tidy(() => {
          const { multipliers, slacks, equality } = parts(prediction, gathered);
          const push = tf.add(multipliers, tf.mul(state.damping, equality));
          const curvature = tf.mul(tf.mul(4, state.damping), tf.square(slacks));
          const change = tf.div(
            tf.mul(tf.mul(2, state.slackRate), push),
            tf.add(1, tf.mul(state.slackRate, curvature)),
          );
          const factor = tf.minimum(tf.maximum(tf.add(1, change), slackFactor.least), slackFactor.most);
          scatterRows(context, state.slacks, rows, tf.mul(slacks, factor));
          scatterRows(context, state.multipliers, rows, tf.add(multipliers, tf.mul(state.dualRate, equality)));
        });
      },
      endEpoch: ({ predictions }) => {
        const slacks = state.slacks.dataSync().slice();
        const multipliers = state.multipliers.dataSync();
        const bounds = state.bound.dataSync();
        const c = readScalar(state.damping);
        deadSlacks = 0;
        slacks.forEach((slack, index) => {
          const equality = (predictions[index] ?? 0) - (bounds[index % context.outputs] ?? 0) - slack * slack;
          const push = (multipliers[index] ?? 0) + c * equality;
          if (slack < 0 || slack >= deadSlack || push <= 0) return;
          deadSlacks++;
          slacks[index] = resetSlack;
        });
        if (deadSlacks === 0 || !resetDeadSlacks) return;
        tf.tidy(() => {
          state.slacks.assign(tf.tensor2d(slacks, [context.trainRows, context.outputs]));
        });
      },
      change: (changed) => {
        for (const name of ['damping', 'dualRate', 'slackRate'] as const) {
          const value = changed[name];
          if (typeof value === 'number') assignScalar(context, state[name], value);
        }
        if (typeof changed.margin === 'number') bound.setMargin(changed.margin);
      },
      report: () => ({
        ...multiplierReport(context, state.multipliers, activeThreshold),
        coefficient: readScalar(state.damping),
        deadSlacks,
      }),
      dispose: () => {
        disposeAll(state);
      },
    };
  },
};

/** The same values, through which no gradient flows: tfjs has no such operation of its own. */
function constant({ tf }: MethodContext, values: tfjs.Tensor2D): tfjs.Tensor2D {
  const stop = tf.customGrad((x) => ({
    value: tf.clone(x as tfjs.Tensor2D),
    gradFunc: () => tf.zerosLike(x as tfjs.Tensor2D),
  }));
  return stop(values);
}
