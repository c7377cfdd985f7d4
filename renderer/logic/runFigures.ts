import { heldOutSplit, type OutputReport, type SplitReports } from '../../native/contract/results.ts';
import { errorText, optionalNumber, worseText } from './accuracy.ts';
import { mostDecimals } from './decimals.ts';
import { worstNegativeShare } from './evidenceText.ts';
import { formatShare } from './format.ts';

/** Figures of a result in the list of runs. */

interface Measured {
  readonly splits?: SplitReports | undefined;
}

const nothing = '–';
/** Maximum number of errors shown, to leave space for the other columns. */
const mostErrors = 3;

/** Not a comma, which separates thousands. */
const separator = ' · ';

/** Reports of the outputs on test rows, or on validation or training rows if there are none. */
const heldOut = (splits: SplitReports): readonly OutputReport[] => splits[heldOutSplit(splits)]?.outputs ?? [];

/** A figure of each output on held-out rows. */
function figuresText({ splits }: Measured, figure: (report: OutputReport) => string): string {
  if (splits === undefined) return nothing;
  const figures = heldOut(splits).map(figure);
  return figures.length > mostErrors
    ? `${figures.slice(0, mostErrors).join(separator)}${separator}…`
    : figures.join(separator);
}

/** The error of each output, with a symbol if a simple prediction is better. */
export const errorsText = (run: Measured): string => figuresText(run, (report) => errorText(report, 3));

export const linearErrorsText = (run: Measured): string =>
  figuresText(run, ({ linearRmse }) => optionalNumber(linearRmse, 3));

export const r2Text = (run: Measured): string => figuresText(run, ({ r2 }) => optionalNumber(r2, 3));

/** The errors of simple predictions, in a sentence for each output. */
export const baselinesText = ({ splits }: Measured): string =>
  (splits === undefined ? [] : heldOut(splits))
    .map((report) => {
      const worse = worseText(report);
      return `${report.name}: RMSE ${optionalNumber(report.rmse, 3)}, mean ${optionalNumber(report.meanRmse, 3)}, linear model ${optionalNumber(report.linearRmse, 3)}${worse === undefined ? '' : `; ${worse}`}.`;
    })
    .join(' ');

/** The largest share of negative outputs, with a symbol in addition to the colour. */
export function negativesText({ splits }: Measured): string {
  if (splits === undefined) return nothing;
  const share = worstNegativeShare(splits);
  return `${share > 0 ? '▼' : '✓'} ${formatShare(share)}`;
}

/** Decimals of the columns of figures. */
export interface RunDecimals {
  readonly errors: number;
  readonly r2: number;
  readonly negatives: number;
}

export const runDecimals = (runs: readonly Measured[]): RunDecimals => ({
  errors: mostDecimals(runs.map(errorsText)),
  r2: mostDecimals(runs.map(r2Text)),
  negatives: mostDecimals(runs.map(negativesText)),
});
