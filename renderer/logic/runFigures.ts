import type { SplitReports } from '../../native/contract/results.ts';
import { mostDecimals } from './decimals.ts';
import { heldOutSplit, worstNegativeShare } from './evidenceText.ts';
import { formatNumber, formatShare } from './format.ts';

/** Figures of a result in the list of runs. */

interface Measured {
  readonly splits?: SplitReports | undefined;
}

const nothing = '–';
/** Maximum number of errors shown, to leave space for the other columns. */
const mostErrors = 3;

/** Not a comma, which separates thousands. */
const separator = ' · ';

/** The error of each output on test rows, or on validation or training rows if there are none. */
export function errorsText({ splits }: Measured): string {
  if (splits === undefined) return nothing;
  const errors = (splits[heldOutSplit(splits)]?.outputs ?? []).map(({ rmse }) => formatNumber(rmse, 3));
  return errors.length > mostErrors
    ? `${errors.slice(0, mostErrors).join(separator)}${separator}…`
    : errors.join(separator);
}

/** The largest share of negative outputs, with a symbol in addition to the colour. */
export function negativesText({ splits }: Measured): string {
  if (splits === undefined) return nothing;
  const share = worstNegativeShare(splits);
  return `${share > 0 ? '▼' : '✓'} ${formatShare(share)}`;
}

/** Decimals of the columns of figures. */
export interface RunDecimals {
  readonly errors: number;
  readonly negatives: number;
}

export const runDecimals = (runs: readonly Measured[]): RunDecimals => ({
  errors: mostDecimals(runs.map(errorsText)),
  negatives: mostDecimals(runs.map(negativesText)),
});
