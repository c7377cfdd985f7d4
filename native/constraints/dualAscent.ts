import { z } from 'zod';
import { penaltyCurve } from './methodCurves.ts';
import { defineMethod } from './method.ts';
import {
  assignScalar,
  gatherRows,
  gatheredRows,
  largestMultiplier,
  perSampleVariable,
  scalarVariable,
  scatterRows,
} from './state.ts';
import { marginSetting, trainingBound } from './trainingBound.ts';

const settings = z.strictObject({
  dualRate: z.number().positive().max(1000).default(1).meta({
    title: 'Dual rate',
    description: 'Step of the ascent: a multiplier grows by this times its violation each time its row is visited.',
    changeable: true,
  }),
  cap: z.number().positive().max(1e9).default(1000).meta({
    title: 'Cap',
    description:
      'No multiplier grows beyond it. A multiplier at its cap shows that bound and data contradict each other.',
  }),
  margin: marginSetting,
});

/**
 * Projected dual ascent: each row and output has a price on its violation, which rises while it is violated and falls
 * to zero while it is not.
 *
 *     minimise over θ, maximise over λ >= 0:   L(θ) + mean(λ g),   g = ε + m - p
 *     each step:  θ descends on it;  λ <- min([λ + η g]+, cap)  for the rows of the batch
 *
 * p, g: predictions and violations, [batch, outputs]; λ: multipliers, [training rows, outputs], from 0, gathered and
 * scattered by row; ε the bound of each output; m the margin; η the dual rate. λ is held constant while the weights
 * move; both moves use the predictions of one forward pass. The mean runs over rows and outputs, so that λ has the unit
 * of the loss's derivative and does not depend on the batch or the number of rows.
 *
 * Sources: Arrow, Hurwicz & Uzawa, Studies in Linear and Non-Linear Programming, 1958; Bertsekas, Constrained
 * Optimization and Lagrange Multiplier Methods, 1982, section 2.6; Cooper (arXiv 2504.01212) for one multiplier per
 * sample.
 *
 * Promises: where the loss is strictly convex in the predictions and the steps are small, no training row is below the
 * bound once it has converged. Does not promise: convergence otherwise (weights and multipliers may circle each other:
 * the augmented Lagrangian damps that); anything about rows that were not trained on, which have no multiplier.
 */
export const dualAscent = defineMethod({
  id: 'dual-ascent',
  title: 'Projected dual ascent',
  summary: 'Gives each training row and output a price on its violation that rises as long as it is violated.',
  promise: 'at-convergence',
  promiseText:
    'Training rows are at or above the bound once it has converged; it may circle around that instead of reaching it.',
  formula: String.raw`\min_\theta \max_{\lambda \ge 0} \; L(\theta) + \operatorname{mean}_{ij}\left(\lambda_{ij} g_{ij}\right), \quad g_{ij} = \varepsilon_j + m_j - p_{ij}, \qquad \lambda_{ij} \leftarrow \min\left(\left[\lambda_{ij} + \eta\, g_{ij}\right]_+, \text{cap}\right)`,
  source:
    'Arrow, Hurwicz & Uzawa, 1958; Bertsekas, Constrained Optimization and Lagrange Multiplier Methods, 1982, section 2.6; per sample as in Cooper, arXiv 2504.01212.',
  settings,
  curve: ({ margin }) => penaltyCurve('What a multiplier of 1 adds', (p) => margin - p),
  create: ({ dualRate, cap, margin }, context) => {
    const { tf } = context;
    const bound = trainingBound(context, margin);
    const state = {
      bound: bound.variable,
      multipliers: perSampleVariable(context, 0),
      dualRate: scalarVariable(context, dualRate),
    };
    return {
      state,
      gather: (rows) => ({ multipliers: gatherRows(context, state.multipliers, rows) }),
      term: (prediction, gathered) =>
        tf.mean(tf.mul(gatheredRows(gathered, 'multipliers'), bound.violation(prediction))),
      update: (prediction, rows, gathered) => {
        tf.tidy(() => {
          const multipliers = gatheredRows(gathered, 'multipliers');
          const raised = tf.add(multipliers, tf.mul(state.dualRate, bound.violation(prediction)));
          scatterRows(context, state.multipliers, rows, tf.minimum(tf.relu(raised), cap));
        });
      },
      change: (changed) => {
        if (typeof changed.dualRate === 'number') assignScalar(context, state.dualRate, changed.dualRate);
        if (typeof changed.margin === 'number') bound.setMargin(changed.margin);
      },
      report: () => ({ largestMultiplier: largestMultiplier(context, state.multipliers) }),
    };
  },
});
