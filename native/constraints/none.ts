import { z } from 'zod';
import { defineMethod } from './method.ts';

/**
 * No constraint: the loss alone. It is the baseline for every other method: it shows how many outputs fall below the
 * bound without a constraint, and how much error a constraint adds.
 *
 *     minimise L(θ)
 *
 * L is the mean of the loss over rows and outputs, θ the weights. Promises nothing.
 */
export const none = defineMethod({
  id: 'none',
  title: 'No constraint',
  summary: 'Trains on the loss alone: the baseline that shows what the other methods change.',
  promise: 'none',
  promiseText: 'Promises nothing: outputs may fall below the bound anywhere.',
  formula: String.raw`\min_\theta \; L(\theta)`,
  source: 'Ordinary training; the plain network that the PyTorch forum thread 178758 starts from.',
  settings: z.strictObject({}),
  create: () => ({}),
});
