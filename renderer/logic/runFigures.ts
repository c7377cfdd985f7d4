import type { SplitReports } from '../../native/contract/results.ts';
import { mostDecimals } from './decimals.ts';
import { heldOutSplit, worstNegativeShare } from './evidence.ts';
import { formatNumber, formatShare } from './format.ts';

/** What the list of runs prints of a run's result. */

interface Measured {
  readonly splits?: SplitReports | undefined;
}

const nothing = '–';
/** Errors of more outputs than these would take the room of the other columns. */
const mostErrors = 3;

/** A comma stands between thousands. */
const separator = ' · ';

/** The error of each output on test rows, or what stands in for them. */
export function errorsText({ splits }: Measured): string {
  if (splits === undefined) return nothing;
  const errors = (splits[heldOutSplit(splits)]?.outputs ?? []).map(({ rmse }) => formatNumber(rmse, 3));
  return errors.length > mostErrors
    ? `${errors.slice(0, mostErrors).join(separator)}${separator}…`
    : errors.join(separator);
}

/** The largest share of negative outputs, marked by more than a colour. */
export function negativesText({ splits }: Measured): string {
  if (splits === undefined) return nothing;
  const share = worstNegativeShare(splits);
  return `${share > 0 ? '▼' : '✓'} ${formatShare(share)}`;
}

/** Decimals of the columns in which these runs' figures stand. */
export interface RunDecimals {
  readonly errors: number;
  readonly negatives: number;
}

export const runDecimals = (runs: readonly Measured[]): RunDecimals => ({
  errors: mostDecimals(runs.map(errorsText)),
  negatives: mostDecimals(runs.map(negativesText)),
});
