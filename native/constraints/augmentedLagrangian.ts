import { z } from 'zod';
import { penaltyCurve } from './methodCurves.ts';
import { growingCoefficient } from './growth.ts';
import { defineMethod } from './method.ts';
import { settledShare } from './settling.ts';
import {
  assignScalar,
  gatherRows,
  gatheredRows,
  largestMultiplier,
  perSampleVariable,
  readScalar,
  scalarVariable,
  scatterRows,
} from './state.ts';
import { marginSetting, trainingBound } from './trainingBound.ts';

const settings = z.strictObject({
  coefficient: z.number().min(1e-3).max(1e6).default(1).meta({
    title: 'Coefficient c',
    description:
      'How hard a violation is pushed back at once, and how fast multipliers learn. It starts small and grows only while something is violated.',
    changeable: true,
  }),
  growth: z.number().min(1).max(100).default(2).meta({
    title: 'Growth',
    description:
      'Factor by which c grows where the largest violation has not fallen to a quarter of what it was an epoch before, or 64 steps before where epochs are shorter.',
  }),
  limit: z.number().positive().max(1e9).default(1000).meta({
    title: 'Limit of c',
    description: 'c does not grow beyond it: a very large one makes the problem ill-conditioned.',
  }),
  dualRate: z.number().gt(0).max(1).default(1).meta({
    title: 'Dual rate',
    description:
      'Step of the multipliers: 1 is the method as in the books, less is slower and steadier. Where epochs have fewer than 64 steps, so that the network has less time to follow, it is less in proportion.',
    unit: 'share of c',
    changeable: true,
  }),
  margin: marginSetting,
});

/**
 * Augmented Lagrangian: a penalty and a multiplier for each row and output in one smooth term. The penalty alone would
 * need an infinite coefficient; the multiplier removes that need, and the penalty damps the multipliers' circling.
 *
 *     minimise L(θ) + mean(([λ + c g]+² - λ²) / (2c)),   g = ε + m - p
 *     each step:  λ <- [λ + r v c g]+  for the rows of the batch,   v = min(1, steps of an epoch / 64)
 *     each epoch: c <- min(growth · c, limit)  where the largest violation of ε is above a quarter of the one before
 *
 * p, g: predictions and violations, [batch, outputs]; λ: multipliers, [training rows, outputs], from 0, gathered and
 * scattered by row; ε the bound of each output; m the margin; c the coefficient; r the dual rate. The term's derivative
 * with respect to p is -[λ + c g]+ / (elements of the batch). λ is held constant while the weights move; both moves use
 * the predictions of one forward pass. The mean runs over rows and outputs, so that λ has the unit of the loss's
 * derivative and depends neither on the batch nor on the number of rows.
 *
 * In the books λ takes the step c g once the weights have settled at a minimum for the previous λ. Here the steps
 * between two visits of a row replace that minimisation. If they are few, the weights have moved only a part of the
 * way, and whole steps would add up to many times the multiplier that holds the row at its bound: v prevents that.
 * Growth of c waits for the weights in the same way (growth.ts).
 *
 * Sources: Nocedal & Wright, Numerical Optimization, 2006, section 17.4 (equations 17.64 and 17.65 give the form for
 * inequalities); Bertsekas, Constrained Optimization and Lagrange Multiplier Methods, 1982, chapters 2 and 3.
 *
 * Promises: in convex problems the constrained optimum itself, with every training row at or above the bound up to
 * rounding. Does not promise: that a run of a few epochs reaches it, which is why there is a margin; anything about
 * rows that were not trained on, which have no multiplier.
 */
export const augmentedLagrangian = defineMethod({
  id: 'augmented-lagrangian',
  title: 'Augmented Lagrangian',
  summary:
    'Joins a penalty with a multiplier for each training row and output: the strongest method that leaves the weights free.',
  promise: 'at-convergence',
  promiseText:
    'Training rows are at or above the bound once it has converged; other inputs are likely to be and are not forced to.',
  formula: String.raw`\min_\theta \; L(\theta) + \operatorname{mean}_{ij}\left(\frac{\left[\lambda_{ij} + c\, g_{ij}\right]_+^2 - \lambda_{ij}^2}{2c}\right), \quad g_{ij} = \varepsilon_j + m_j - p_{ij}, \qquad \lambda_{ij} \leftarrow \left[\lambda_{ij} + r v c\, g_{ij}\right]_+, \quad v = \min\left(1, \tfrac{\text{steps of an epoch}}{64}\right)`,
  source:
    'Nocedal & Wright, Numerical Optimization, 2006, section 17.4; Bertsekas, Constrained Optimization and Lagrange Multiplier Methods, 1982; per sample as in Cooper, arXiv 2504.01212.',
  settings,
  curve: ({ coefficient: c, margin }) =>
    penaltyCurve('What a row with multiplier 1 adds', (p) => (Math.max(1 + c * (margin - p), 0) ** 2 - 1) / (2 * c)),
  create: ({ coefficient: start, growth, limit, dualRate, margin }, context) => {
    const { tf } = context;
    const bound = trainingBound(context, margin);
    const share = settledShare(context);
    const coefficient = growingCoefficient(context, start, { rule: 'adaptive', factor: growth, limit });
    const c = coefficient.variable;
    const state = {
      bound: bound.variable,
      multipliers: perSampleVariable(context, 0),
      coefficient: c,
      dualRate: scalarVariable(context, dualRate),
      previousViolation: coefficient.previousViolation,
    };
    return {
      state,
      gather: (rows) => ({ multipliers: gatherRows(context, state.multipliers, rows) }),
      term: (prediction, gathered) => {
        const multipliers = gatheredRows(gathered, 'multipliers');
        const pushed = tf.relu(tf.add(multipliers, tf.mul(c, bound.violation(prediction))));
        return tf.div(tf.mean<typeof c>(tf.sub(tf.square(pushed), tf.square(multipliers))), tf.mul(2, c));
      },
      update: (prediction, rows, gathered) => {
        tf.tidy(() => {
          const multipliers = gatheredRows(gathered, 'multipliers');
          const step = tf.mul(tf.mul(tf.mul(state.dualRate, share), c), bound.violation(prediction));
          scatterRows(context, state.multipliers, rows, tf.relu(tf.add(multipliers, step)));
        });
      },
      endEpoch: (end) => {
        coefficient.endEpoch(end);
      },
      change: (changed) => {
        if (typeof changed.coefficient === 'number') assignScalar(context, c, changed.coefficient);
        if (typeof changed.dualRate === 'number') assignScalar(context, state.dualRate, changed.dualRate);
        if (typeof changed.margin === 'number') bound.setMargin(changed.margin);
      },
      report: () => ({ largestMultiplier: largestMultiplier(context, state.multipliers), coefficient: readScalar(c) }),
    };
  },
});
