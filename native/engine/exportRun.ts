import type * as tfjs from '@tensorflow/tfjs-core';
import type { ExportFormatId } from '../contract/exportFormats.ts';
import type { Evidence, ExportReport } from '../contract/results.ts';
import type { RunRecord } from '../contract/runRecord.ts';
import type { DataSet } from '../data/dataset.ts';
import { columnDeviations } from '../data/scaling.ts';
import { exportModel } from '../export/exportModel.ts';
import type { Model } from '../network/model.ts';
import { predictStored } from './storedModel.ts';

export interface ExportRunRequest {
  readonly record: RunRecord;
  readonly model: Model;
  readonly evidence: Evidence;
  readonly dataset: DataSet;
  readonly tf: typeof tfjs;
  readonly files: Readonly<Partial<Record<ExportFormatId, string>>>;
  /** Whether ONNX files get the ends of the model's intervals as outputs. */
  readonly intervals?: boolean;
  /** Aborting it ends the export before a file is written. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exports a run's model, and compares it with the training library on unprocessed rows of the test split.
 *
 * @throws OrthantError `export` if the exported model differs from the trained one; then no file is left
 */
export async function exportRun(request: ExportRunRequest): Promise<ExportReport> {
  const { record, model, evidence, dataset, tf, files, intervals, signal } = request;
  const { method } = record.configuration.constraint;
  const { split, rows, columns } = dataset.raw;
  const { inputs, rows: all } = dataset.splits[split];
  return exportModel({
    model,
    metadata: {
      method,
      evidence,
      dataSha256: dataset.source.sha256,
      versions: { orthant: record.versions.orthant, engine: record.versions.engine ?? 'unknown' },
    },
    check: {
      columns,
      rows,
      predictions: await predictStored(
        tf,
        model,
        inputs.subarray(0, (inputs.length / Math.max(1, all)) * rows),
        signal,
      ),
      targetDeviations: targetDeviations(dataset),
    },
    files,
    intervals,
    signal,
  });
}

/** Standard deviation of each target over the training rows, in the target's units. */
function targetDeviations({ schema, splits: { train } }: DataSet): number[] {
  const scaled = columnDeviations(train.targets, schema.targets.length);
  return schema.targets.map(({ scale }, target) => (scaled[target] ?? 1) * scale);
}
