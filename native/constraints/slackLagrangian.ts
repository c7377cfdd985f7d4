import type * as tfjs from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineMethod, type Gathered, type MethodContext } from './method.ts';
import {
  assignScalar,
  gatheredRows,
  gatherRows,
  largestMultiplier,
  perSampleVariable,
  readScalar,
  scalarVariable,
  scatterRows,
} from './state.ts';
import { marginSetting, trainingBound } from './trainingBound.ts';

const settings = z.strictObject({
  damping: z.number().min(0).max(1e4).default(30).meta({
    title: 'Damping c',
    description:
      'Weight of the squared equality. Without it weights and multipliers circle each other and may diverge.',
    changeable: true,
  }),
  dualRate: z.number().positive().max(1000).default(10).meta({
    title: 'Dual rate',
    description: 'Step of the ascent on the multipliers, each time a row is visited. Keep it below the damping.',
    changeable: true,
  }),
  slackRate: z.number().positive().max(100).default(1).meta({
    title: 'Slack rate',
    description: 'How long the slacks follow their own gradient, each time their row is visited.',
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
/** Means "not visited yet": the row's first prediction then sets the slack. Slacks are never negative. */
const unvisited = -1;
/** Keeps exp within float32's range. */
const greatestExponent = 60;

/**
 * Slack variables and Lagrange multipliers, the thread's second answer: the inequality p >= b becomes the equality
 * p - b - s² = 0 with one slack s and one multiplier λ for each row and output. The optimum is a saddle point: descend
 * on weights and slacks while ascending on the multipliers.
 *
 *     ℒ(θ, s, λ) = L(θ) + mean(λ h + c/2 h²),   h = p - b - s²,   b = ε + m
 *     each step, for the rows of the batch:
 *         s follows ds/dt = -∂ℒ/∂s = 2 s (λ + c h) for the time η_s
 *         θ descends on ℒ, with the new s
 *         λ <- λ + η_λ h, with the new s
 *
 * p, h: predictions and equalities, [batch, outputs]; s, λ: [training rows, outputs], gathered and scattered by row; λ
 * from 0 and free in sign (negative where the bound pushes; -λ is the multiplier of the inequality); ε the bound of
 * each output; m the margin; c the damping of Platt & Barr's modified differential method of multipliers. The mean runs
 * over rows and outputs. s and λ are constants while the weights move; all moves use the predictions of one forward
 * pass.
 *
 * Slacks move first. The equality then has little effect on rows far above the bound; otherwise it would pull their
 * predictions back to their values at the row's last visit. A plain gradient step on s needs η_s < 1 / (2 c s²) and
 * blows up on large targets, so the gradient flow is followed exactly. With u = s² it is the logistic equation du/dt =
 * u (A - 4 c u), A = 4 (λ + c (p - b)), whose solution is
 *
 *     u(t) = u(0) exp(A t) / (1 + 4 c u(0) (exp(A t) - 1) / A),  A t kept within -60 and 60
 *
 * The known weakness: the gradient of s is proportional to s, so a slack at 0 stays there forever and freezes its row
 * at the equality p = b, even where the loss would move it above. Slacks therefore start at sqrt([p - b]+ + floor) of
 * their first prediction, and dead ones (|s| < 1e-6 while λ + c h > 0, so that the slack should grow) are counted once
 * an epoch and set to 0.1.
 *
 * Sources: PyTorch forum thread 178758, second answer; Platt & Barr, Constrained Differential Optimization, NIPS 1987;
 * Armand & Orban, GERAD G-2007-62, on the cost of squared slacks. Eliminating s by hand gives the augmented Lagrangian.
 *
 * Promises: where it converges, no training row is below the bound. Does not promise: convergence, least of all without
 * damping; anything about rows that were not trained on, which have neither slack nor multiplier.
 */
export const slackLagrangian = defineMethod({
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
  settings,
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

    /** p - b, above 0 where the constraint holds. */
    const above = (prediction: tfjs.Tensor2D) => tf.neg(bound.violation(prediction));

    const movedSquares = (prediction: tfjs.Tensor2D, gathered: Gathered): tfjs.Tensor2D =>
      withoutGradient(context, above(prediction), (distance) =>
        moveSlacks(context, state, distance, {
          multipliers: gatheredRows(gathered, 'multipliers'),
          stored: gatheredRows(gathered, 'slacks'),
          floor: slackFloor,
        }),
      );

    return {
      state,
      gather: (rows) => ({
        multipliers: gatherRows(context, state.multipliers, rows),
        slacks: gatherRows(context, state.slacks, rows),
      }),
      term: (prediction, gathered) => {
        const equality = tf.sub(above(prediction), movedSquares(prediction, gathered));
        const damped = tf.mul(tf.mul(state.damping, 0.5), tf.square(equality));
        return tf.mean(tf.add(tf.mul(gatheredRows(gathered, 'multipliers'), equality), damped));
      },
      update: (prediction, rows, gathered) => {
        tf.tidy(() => {
          const squares = movedSquares(prediction, gathered);
          const equality = tf.sub(above(prediction), squares);
          const raised = tf.add<tfjs.Tensor2D>(gatheredRows(gathered, 'multipliers'), tf.mul(state.dualRate, equality));
          scatterRows(context, state.slacks, rows, tf.sqrt(squares));
          scatterRows(context, state.multipliers, rows, raised);
        });
      },
      endEpoch: ({ predictions }) => {
        const { slacks, dead } = revive(state, predictions, context.outputs);
        deadSlacks = dead;
        if (dead === 0 || !resetDeadSlacks) return;
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
        largestMultiplier: largestMultiplier(context, state.multipliers),
        coefficient: readScalar(state.damping),
        deadSlacks,
      }),
    };
  },
});

/**
 * s² of a batch after the slacks have moved; at a row's first visit s² comes from the prediction.
 *
 * @param distance - p - b, [batch, outputs]; so are `multipliers` and the `stored` slacks
 */
function moveSlacks(
  { tf }: MethodContext,
  { damping, slackRate }: Readonly<Record<'damping' | 'slackRate', tfjs.Scalar>>,
  distance: tfjs.Tensor2D,
  { multipliers, stored, floor }: { multipliers: tfjs.Tensor2D; stored: tfjs.Tensor2D; floor: number },
): tfjs.Tensor2D {
  const first = tf.add<tfjs.Tensor2D>(tf.relu(distance), floor);
  const square = tf.where<tfjs.Tensor2D>(tf.less(stored, 0), first, tf.square(stored));
  const growth = tf.mul(4, tf.add(multipliers, tf.mul(damping, distance)));
  const exponent = tf.clipByValue(tf.mul(slackRate, growth), -greatestExponent, greatestExponent);
  // (exp(A t) - 1) / A, which is t where A is 0.
  const integral = tf.where(
    tf.less(tf.abs(exponent), 1e-4),
    tf.mul(tf.onesLike(exponent), slackRate),
    tf.div(tf.expm1(exponent), growth),
  );
  const saturation = tf.mul(tf.mul(4, damping), tf.mul(square, integral));
  return tf.div(tf.mul(square, tf.exp(exponent)), tf.add(1, saturation));
}

/** Counts the dead slacks and returns all slacks with the dead ones reset. Reads tensors back. */
function revive(
  state: Readonly<Record<'slacks' | 'multipliers' | 'bound' | 'damping', tfjs.Variable>>,
  predictions: Float32Array,
  outputs: number,
): { slacks: Float32Array; dead: number } {
  const slacks = state.slacks.dataSync<'float32'>().slice();
  const multipliers = state.multipliers.dataSync();
  const bounds = state.bound.dataSync();
  const c = state.damping.dataSync()[0] ?? Number.NaN;
  let dead = 0;
  slacks.forEach((slack, index) => {
    const equality = (predictions[index] ?? 0) - (bounds[index % outputs] ?? 0) - slack * slack;
    const push = (multipliers[index] ?? 0) + c * equality;
    if (slack < 0 || slack >= deadSlack || push <= 0) return;
    dead++;
    slacks[index] = resetSlack;
  });
  return { slacks, dead };
}

/** f(x) without a gradient to x and without records on the gradient tape; tfjs has no operation for that. */
function withoutGradient(
  { tf }: MethodContext,
  x: tfjs.Tensor2D,
  f: (x: tfjs.Tensor2D) => tfjs.Tensor2D,
): tfjs.Tensor2D {
  const stop = tf.customGrad((input) => ({
    value: f(input as tfjs.Tensor2D),
    // Shaped like x; x itself may be disposed before this runs.
    gradFunc: (derivative: tfjs.Tensor2D) => tf.zerosLike(derivative),
  }));
  return stop(x);
}
