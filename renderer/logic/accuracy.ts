import { betterBaseline } from '../../native/base/baselines.ts';
import type { OutputReport } from '../../native/contract/results.ts';
import { formatNumber } from './format.ts';

/** Texts that compare a model's errors with those of simple predictions. */

type Errors = Pick<OutputReport, 'rmse' | 'meanRmse' | 'linearRmse'>;

/** The error of a model, with a symbol if a simple prediction is better. */
export const errorText = (errors: Errors, digits = 4): string =>
  `${betterBaseline(errors) === undefined ? '' : '▲ '}${formatNumber(errors.rmse, digits)}`;

const comparisons = { mean: 'worse than always predicting the mean', linear: 'worse than a linear model' } as const;

/** Says which simple prediction is better than a model; `undefined` if none is. */
export function worseText(errors: Errors): string | undefined {
  const better = betterBaseline(errors);
  return better === undefined ? undefined : comparisons[better];
}

/** A figure that results of older versions lack. */
export const optionalNumber = (value: number | undefined, digits = 4): string =>
  value === undefined ? '–' : formatNumber(value, digits);
