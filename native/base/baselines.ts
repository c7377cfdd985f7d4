/** Errors of an output, and of the simplest predictions of it on the same rows. */
interface Errors {
  readonly rmse: number;
  readonly meanRmse?: number | undefined;
  readonly linearRmse?: number | undefined;
}

/** An error this many times that of the linear model is worse, not the chance of a few rows. */
const clearlyAbove = 1.05;

/** The simplest prediction that is better than the model; `undefined` if none is, or if they were not measured. */
export function betterBaseline({ rmse, meanRmse, linearRmse }: Errors): 'mean' | 'linear' | undefined {
  if (meanRmse !== undefined && rmse > meanRmse) return 'mean';
  return linearRmse !== undefined && rmse > clearlyAbove * linearRmse ? 'linear' : undefined;
}
