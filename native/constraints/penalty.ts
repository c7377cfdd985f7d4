import { z } from 'zod';
import { penaltyCurve } from './methodCurves.ts';
import { growingCoefficient } from './growth.ts';
import { defineMethod } from './method.ts';
import { assignScalar, readScalar } from './state.ts';
import { marginSetting, trainingBound } from './trainingBound.ts';

const settings = z.strictObject({
  alpha: z.number().positive().max(1e6).default(10).meta({
    title: 'Alpha',
    description: 'Weight of the penalty, or the one it starts with. Raise it to push harder.',
    changeable: true,
  }),
  schedule: z.enum(['fixed', 'growing', 'adaptive']).default('adaptive').meta({
    title: 'Schedule',
    description:
      'fixed keeps alpha; growing multiplies it after every epoch, or every 64 steps where epochs are shorter; adaptive only where the largest violation has not fallen to a quarter of what it was the time before.',
  }),
  growth: z.number().gt(1).max(100).default(1.5).meta({
    title: 'Growth',
    description: 'Factor by which alpha grows, where the schedule makes it grow.',
  }),
  limit: z.number().positive().max(1e9).default(1000).meta({
    title: 'Limit of alpha',
    description: 'Alpha does not grow beyond it: a very large one makes the problem ill-conditioned.',
  }),
  margin: marginSetting,
});

/**
 * Quadratic penalty: each violation adds its square to the loss, so large violations dominate.
 *
 *     minimise L(θ) + α mean([g]+²),   g = ε + m - p
 *
 * p, g: predictions and violations, [batch, outputs]; ε the bound of each output; m the margin; [a]+ = max(a, 0).
 * The mean runs over rows and outputs, as in L, so that α does not depend on the batch or the number of outputs.
 *
 * Sources: first answer of the PyTorch forum thread 178758 (there as a sum); Nocedal & Wright, Numerical Optimization,
 * 2006, section 17.1 and framework 17.1 (growth of α).
 *
 * Promises: violations shrink about as λ* / (2α), where λ* is the multiplier of the exact solution. Does not promise:
 * feasibility at any α, which is why there is a margin; anything about rows that were not trained on.
 */
export const penalty = defineMethod({
  id: 'penalty',
  title: 'Quadratic penalty',
  summary: 'Adds the squared violation, times alpha, to the loss.',
  promise: 'encourages',
  promiseText:
    'Encourages outputs above the bound and does not force them: with any finite alpha some may stay a little below.',
  formula: String.raw`\min_\theta \; L(\theta) + \alpha \, \operatorname{mean}_{ij}\left(\left[\varepsilon_j + m_j - p_{ij}\right]_+^2\right)`,
  source:
    'First answer of the PyTorch forum thread 178758; Nocedal & Wright, Numerical Optimization, 2006, section 17.1.',
  settings,
  curve: ({ alpha, margin }) => penaltyCurve('The penalty', (p) => alpha * Math.max(margin - p, 0) ** 2),
  create: ({ alpha, schedule, growth, limit, margin }, context) => {
    const { tf } = context;
    const bound = trainingBound(context, margin);
    const coefficient = growingCoefficient(context, alpha, { rule: schedule, factor: growth, limit });
    const state = {
      bound: bound.variable,
      alpha: coefficient.variable,
      previousViolation: coefficient.previousViolation,
    };
    return {
      state,
      term: (prediction) =>
        tf.mul(coefficient.variable, tf.mean<typeof state.alpha>(tf.square(tf.relu(bound.violation(prediction))))),
      endEpoch: (end) => {
        coefficient.endEpoch(end);
      },
      change: (changed) => {
        if (typeof changed.alpha === 'number') assignScalar(context, coefficient.variable, changed.alpha);
        if (typeof changed.margin === 'number') bound.setMargin(changed.margin);
      },
      report: () => ({ coefficient: readScalar(coefficient.variable) }),
    };
  },
});
