import { float32Ceiling } from '../base/float32.ts';
import { percentage, readable } from '../base/figures.ts';
import type { Intervals, IntervalsReport, OutputReport } from '../contract/results.ts';
import { intervalEnds } from '../network/intervalEnds.ts';
import type { Model } from '../network/model.ts';

/**
 * Split-conformal prediction intervals (Papadopoulos et al., 2002; Vovk, Gammerman & Shafer, 2005; Lei et al., 2018):
 * with n validation rows the half width is the ceil((n + 1) level)-th smallest absolute residual. If the validation
 * rows and a new row are exchangeable and did not choose the model, the new row's target is inside with at least the
 * probability `level`, whatever the model and the distribution. Targets keep the bound, so cutting both ends at it loses
 * no row.
 */

/** Rows with a model's predictions. */
export interface PredictedRows {
  /** In the targets' units, row-major [rows, targets]. */
  readonly predictions: Float32Array;
  /** Scaled, of the same shape. */
  readonly targets: Float32Array;
}

/** Undoes the rounding of a product such as 100 * 0.55, which would raise the rank by one. */
const exactly = 1 - 1e-12;

/** Rank of the residual, from 1, that is the half width; above `rows` if they are too few for the level. */
const rankOf = (rows: number, level: number): number => Math.ceil((rows + 1) * level * exactly);

/** The fewest validation rows that can give intervals of this level. */
const fewestRows = (level: number): number => Math.max(1, Math.ceil((level / (1 - level)) * exactly));

/**
 * Intervals from the residuals of the validation rows.
 *
 * @param level - above 0 and below 1
 */
export function calibrateIntervals(
  { schema }: Pick<Model, 'schema'>,
  validation: PredictedRows,
  level: number,
): IntervalsReport {
  const rows = validation.targets.length / schema.targets.length;
  const rank = rankOf(rows, level);
  const percent = percentage(level);
  if (rank > rows) {
    const note = `There are no ${percent} intervals: they need at least ${readable(fewestRows(level))} validation rows, and there are ${readable(rows)}.`;
    return { level, rows, note };
  }
  const halfWidths = schema.targets.map((_, output) => {
    const ordered = residuals({ schema }, validation, output).sort();
    // Rounded up to the float32 that an exported graph holds.
    return float32Ceiling(ordered[rank - 1] ?? NaN);
  });
  const note = `The ${percent} intervals are as wide as the errors of the ${readable(rows)} validation rows, which also chose the epoch, so they may hold a little less than ${percent} of other rows.`;
  return { level, rows, halfWidths, note };
}

/** The intervals of a report, if there are any. */
export const intervalsIn = (report: IntervalsReport | undefined): Intervals | undefined =>
  report?.halfWidths === undefined
    ? undefined
    : { level: report.level, rows: report.rows, halfWidths: report.halfWidths };

/** How many of the rows the intervals hold, and how wide they are: one per output, none without rows. */
export function measureIntervals(
  model: Pick<Model, 'schema' | 'epsilon'>,
  { level, halfWidths }: Intervals,
  split: PredictedRows,
): OutputReport['interval'][] {
  const outputs = model.schema.targets.length;
  const rows = split.targets.length / outputs;
  if (rows === 0) return [];
  const ends = intervalEnds(split.predictions, halfWidths, model.epsilon);
  return halfWidths.map((halfWidth, output) => {
    const inside = residuals(model, split, output).filter((residual) => residual <= halfWidth).length;
    let width = 0;
    for (let i = output; i < ends.low.length; i += outputs) width += (ends.high[i] ?? NaN) - (ends.low[i] ?? NaN);
    return { level, coverage: inside / rows, width: width / rows };
  });
}

/** Absolute residuals of one output, in the target's units: [rows]. */
function residuals(
  { schema }: Pick<Model, 'schema'>,
  { predictions, targets }: PredictedRows,
  output: number,
): Float64Array {
  const outputs = schema.targets.length;
  const scale = schema.targets[output]?.scale ?? 1;
  return Float64Array.from({ length: targets.length / outputs }, (_, row) => {
    const at = row * outputs + output;
    return Math.abs((predictions[at] ?? NaN) - (targets[at] ?? NaN) * scale);
  });
}
