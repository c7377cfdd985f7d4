import type * as tfjs from '@tensorflow/tfjs-core';
import type { DataSettings } from '../contract/configuration.ts';
import { splitNames, type Evidence, type ExportReport } from '../contract/results.ts';
import type { RunRecord } from '../contract/runs.ts';
import type { DataSet, SplitRows } from '../data/dataset.ts';
import type { RawColumn, RawColumns } from '../data/encode.ts';
import { exportModel, type ExportFormat } from '../export/exportModel.ts';
import type { Model } from '../network/model.ts';
import { readInputColumns } from './inputColumns.ts';
import { predictStored } from './storedModel.ts';

/** Rows that an exported model is compared on at most. */
const mostRows = 10_000;

export interface ExportRunRequest {
  readonly record: RunRecord;
  readonly model: Model;
  readonly evidence: Evidence;
  readonly dataset: DataSet;
  readonly tf: typeof tfjs;
  readonly files: Readonly<Partial<Record<ExportFormat, string>>>;
  /** Aborted, it ends the export before a file is written. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exports a run's model, compared with the training library on the rows of the test split as they stand in the table
 * (of the validation or training split, where there are no test rows).
 *
 * @throws OrthantError `export` when the exported model is not the trained one; no file is left then
 */
export async function exportRun(request: ExportRunRequest): Promise<ExportReport> {
  const { record, model, evidence, dataset, tf, files, signal } = request;
  const { method } = record.configuration.constraint;
  const split = comparedSplit(dataset);
  const features = split.inputs.length / Math.max(1, split.rows);
  const rows = Math.min(split.rows, mostRows);
  return exportModel({
    model,
    metadata: {
      method,
      evidence,
      dataSha256: dataset.source.sha256,
      versions: { orthant: record.versions.orthant, engine: record.versions.engine ?? 'unknown' },
    },
    check: {
      columns: await rawColumns(record.configuration.data, model, split.rowNumbers.subarray(0, rows), signal),
      rows,
      predictions: await predictStored(tf, model, split.inputs.subarray(0, rows * features), signal),
      targetDeviations: targetDeviations(dataset),
    },
    files,
    signal,
  });
}

function comparedSplit({ splits }: DataSet): SplitRows {
  const name = [...splitNames].reverse().find((split) => splits[split].rows > 0) ?? 'train';
  return splits[name];
}

/** Standard deviation of each target over the training rows, in its own units. */
function targetDeviations({ schema, splits: { train } }: DataSet): number[] {
  const count = schema.targets.length;
  return schema.targets.map(({ scale }, target) => {
    let [sum, squares] = [0, 0];
    for (let i = target; i < train.targets.length; i += count) sum += train.targets[i] ?? 0;
    const mean = sum / train.rows;
    for (let i = target; i < train.targets.length; i += count) squares += ((train.targets[i] ?? 0) - mean) ** 2;
    return (Math.sqrt(squares / train.rows) || 1) * scale;
  });
}

/** The model's input columns as the table has them, of the rows with these numbers. */
async function rawColumns(
  { source, dialect, skipBadRows }: DataSettings,
  { schema }: Model,
  rowNumbers: Int32Array,
  signal: AbortSignal | undefined,
): Promise<RawColumns> {
  const { columns } = await readInputColumns({ source, dialect, skipBadRows }, schema, signal);
  return new Map([...columns].map(([name, column]) => [name, pick(column, rowNumbers)]));
}

const pick = (column: RawColumn, rows: Int32Array): RawColumn =>
  column instanceof Float64Array
    ? Float64Array.from(rows, (row) => column[row] ?? NaN)
    : Array.from(rows, (row) => column[row] ?? null);
