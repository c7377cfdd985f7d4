import type * as tfjs from '@tensorflow/tfjs-core';
import type { RunConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { exportFormats, type ExportFormatId } from '../contract/exportFormats.ts';
import { splitNames, type IntervalsReport, type SplitName, type SplitReports } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';
import { calibrateIntervals, intervalsIn, measureIntervals, type PredictedRows } from '../evidence/intervals.ts';
import type { Model } from '../network/model.ts';
import type { TrainingOutcome } from '../training/trainer.ts';
import { predictStored } from './storedModel.ts';

interface Level {
  readonly training: Pick<RunConfiguration['training'], 'intervalLevel'>;
}

/**
 * Intervals of a run's model, from the rows that its validation split has now.
 *
 * @returns undefined if the configuration asks for none
 */
export async function calibrate(
  tf: typeof tfjs,
  model: Model,
  dataset: DataSet,
  { training: { intervalLevel } }: Level,
  signal?: AbortSignal,
): Promise<IntervalsReport | undefined> {
  if (intervalLevel === 0) return undefined;
  return calibrateIntervals(model, await predictRows(tf, model, dataset, 'validation', signal), intervalLevel);
}

/** A model with the intervals of a report, if there are any. */
export function withIntervals(model: Model, report: IntervalsReport | undefined): Model {
  const intervals = intervalsIn(report);
  return intervals === undefined ? model : { ...model, intervals };
}

/** The parts of a run's result that intervals change. */
export async function concludeIntervals(
  tf: typeof tfjs,
  { model, metrics: { splits } }: Pick<TrainingOutcome, 'model' | 'metrics'>,
  dataset: DataSet,
  configuration: Level,
): Promise<{ model: Model; splits: SplitReports; intervals: { intervals?: IntervalsReport } }> {
  const report = await calibrate(tf, model, dataset, configuration);
  const intervals = intervalsIn(report);
  const measured: SplitReports = { ...splits };
  for (const split of splitNames) {
    const plain = splits[split];
    if (plain === undefined || intervals === undefined) continue;
    const held = measureIntervals(model, intervals, await predictRows(tf, model, dataset, split));
    measured[split] = {
      ...plain,
      outputs: plain.outputs.map((output, index) => ({ ...output, interval: held[index] })),
    };
  }
  return {
    model: withIntervals(model, report),
    splits: measured,
    intervals: report === undefined ? {} : { intervals: report },
  };
}

/**
 * Refuses to export intervals where there are none, or in a format that has no outputs.
 *
 * @throws OrthantError `usage` with the reason
 */
export function requireIntervals(model: Model, report: IntervalsReport | undefined, format: ExportFormatId): void {
  const { title, verifier } = exportFormats[format];
  const reason =
    verifier === 'safetensors'
      ? `${title} holds weights, not a graph with outputs. The half widths of the intervals are in its metadata (orthant.interval).`
      : model.intervals === undefined
        ? (report?.note ?? 'The run has no intervals: its level is 0. Train it with --interval-level 0.9, for example.')
        : undefined;
  if (reason !== undefined) throw new OrthantError('usage', reason, { field: 'intervals' });
}

async function predictRows(
  tf: typeof tfjs,
  model: Model,
  dataset: DataSet,
  split: SplitName,
  signal?: AbortSignal,
): Promise<PredictedRows> {
  const { rows, inputs, targets } = dataset.splits[split];
  return { predictions: rows === 0 ? new Float32Array() : await predictStored(tf, model, inputs, signal), targets };
}
