import { statSync, type Stats } from 'node:fs';
import type { CallContext, Handlers } from '../contract/channel.ts';
import type { CallAnswer, EngineCalls, ParsedRequest } from '../contract/engine.ts';
import { OrthantError } from '../contract/errors.ts';
import { splitNames, type SplitName } from '../contract/results.ts';
import { unreadable } from '../contract/rowCounts.ts';
import type { RunRecord } from '../contract/runRecord.ts';
import { gatherEvidence } from '../evidence/evidence.ts';
import type { DataSet } from '../data/dataset.ts';
import type { RawColumn } from '../data/encode.ts';
import { openOnnx, type OnnxPredictor } from '../export/predictOnnx.ts';
import { attempt } from '../contract/fileErrors.ts';
import { writeFileAtomic } from '../system/files.mjs';
import type { Model } from '../network/model.ts';
import { RunFolder, runFiles } from '../runs/folder.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import { parsePosition } from '../training/position.ts';
import type { DataSets } from './dataSets.ts';
import { exportRun } from './exportRun.ts';
import { readInputColumns } from './inputColumns.ts';
import type { Library } from './library.ts';
import { calibrate, requireIntervals, withIntervals } from './intervals.ts';
import { lowest } from './lowest.ts';
import { predictedRows, predictionsAsCsv } from './predictedRows.ts';
import { predictStored, restoreModel } from './storedModel.ts';

type ModelCalls = 'predictions' | 'worstRows' | 'export' | 'predict' | 'predictRow';

/** The calls that predict with or export a run's best snapshot. */
export function modelHandlers(library: Library, dataSets: DataSets): Pick<Handlers<EngineCalls>, ModelCalls> {
  const open = (run: string, context: CallContext): Promise<StoredRun> => openRun(run, library, dataSets, context);
  return {
    predictions: async ({ run, split, limit }, context) => {
      const { dataset, model, runtime } = await open(run, context);
      const { rows, row } = await predictSplit(runtime, model, dataset, split, limit, context.signal);
      return { targets: targetNames(model), rows: Array.from({ length: rows }, (_, index) => row(index)) };
    },
    worstRows: async ({ run, target, limit }, context) => {
      const { dataset, model, runtime } = await open(run, context);
      const targets = targetNames(model);
      const column = targets.indexOf(target);
      if (column < 0) {
        throw new OrthantError('usage', `The run has no target "${target}". Its targets are: ${targets.join(', ')}.`, {
          field: 'target',
        });
      }
      const candidates: (PredictedRow & { split: SplitName })[] = [];
      for (const split of splitNames) {
        const predicted = await predictSplit(runtime, model, dataset, split, Infinity, context.signal);
        const { predictions, rows, row } = predicted;
        const items = lowest(rows, (index) => predictions[index * targets.length + column] ?? NaN, limit);
        candidates.push(...items.map((index) => ({ ...row(index), split })));
      }
      const items = lowest(candidates.length, (index) => candidates[index]?.prediction[column] ?? NaN, limit);
      return { targets, rows: items.flatMap((index) => candidates[index] ?? []) };
    },
    export: async ({ run, format, out, intervals }, context) => {
      const { record, dataset, model: plain, runtime, splits } = await open(run, context);
      const evidence = record.result?.evidence ?? gatherEvidence(plain, splits);
      const files = { [format]: out };
      const { signal } = context;
      const { tf } = runtime;
      const calibrated =
        record.result?.intervals ?? (await calibrate(tf, plain, dataset, record.configuration, signal));
      const model = withIntervals(plain, calibrated);
      if (intervals) requireIntervals(model, calibrated, format);
      const report = await exportRun({ record, model, evidence, dataset, tf, files, intervals, signal });
      return { file: out, report };
    },
    predict,
    predictRow,
  };
}

interface StoredRun {
  readonly record: RunRecord;
  readonly dataset: DataSet;
  readonly model: Model;
  readonly runtime: EngineRuntime;
  /** Evaluation of the model; empty if no epoch was completed. */
  readonly splits: NonNullable<RunRecord['result']>['splits'];
}

async function openRun(run: string, library: Library, dataSets: DataSets, { signal }: CallContext): Promise<StoredRun> {
  const folder = RunFolder.open(run);
  const record = folder.read();
  const checkpoint = folder.readLastCheckpoint();
  if (checkpoint === undefined) {
    throw new OrthantError('run', `The run in ${folder.path} has no checkpoint yet, so it has no model.`, {
      field: 'run',
    });
  }
  const dataset = await dataSets.of(record, signal);
  const runtime = await library.any();
  const model = await restoreModel(runtime.tf, record, dataset, checkpoint);
  return { record, dataset, model, runtime, splits: parsePosition(checkpoint).best?.metrics.splits ?? {} };
}

const targetNames = ({ schema }: Model): string[] => schema.targets.map(({ name }) => name);

interface PredictedRow {
  row: number;
  target: number[];
  prediction: number[];
}

/** Predictions for the first rows of a split. */
interface SplitPredictions {
  readonly rows: number;
  /** Predictions in the targets' units, row-major [rows, targets]. */
  readonly predictions: Float32Array;
  /** The row at this index, with targets in their units. */
  readonly row: (index: number) => PredictedRow;
}

async function predictSplit(
  { tf }: EngineRuntime,
  model: Model,
  dataset: DataSet,
  split: SplitName,
  limit: number,
  signal: AbortSignal,
): Promise<SplitPredictions> {
  const { inputs, targets, rowNumbers, rows: all } = dataset.splits[split];
  const rows = Math.min(all, limit);
  const scales = model.schema.targets.map(({ scale }) => scale);
  const asked = inputs.subarray(0, (inputs.length / Math.max(1, all)) * rows);
  const predictions = rows === 0 ? new Float32Array() : await predictStored(tf, model, asked, signal);
  return {
    rows,
    predictions,
    row: (index) => ({
      row: (rowNumbers[index] ?? -1) + 1,
      target: scales.map((scale, j) => (targets[index * scales.length + j] ?? NaN) * scale),
      prediction: scales.map((_, j) => predictions[index * scales.length + j] ?? NaN),
    }),
  };
}

/**
 * Opens a run folder's exported model, or an ONNX file.
 *
 * @throws OrthantError `run` if the run has no exported model, `file` if the file cannot be read
 */
async function openModel(place: string): Promise<OnnxPredictor> {
  const facts = factsOf(place);
  if (facts?.isDirectory() !== true) {
    // Reading a pipe could wait forever.
    if (facts?.isFile() === false) {
      throw new OrthantError('file', `${place} is not a regular file. Give a run folder, or an .onnx file.`, {
        field: 'model',
      });
    }
    return openOnnx(place);
  }
  const folder = RunFolder.open(place);
  const file = folder.file(runFiles.onnx);
  if (factsOf(file) === undefined) {
    throw new OrthantError(
      'run',
      `The run in ${folder.path} has no exported model: it has not ended. Resume it (orthant resume), or export its model so far (orthant export) and predict with that file.`,
      { field: 'model' },
    );
  }
  return openOnnx(file);
}

/** The system's information about a file or folder; undefined if it does not exist. */
function factsOf(place: string): Stats | undefined {
  return attempt(`read ${place}`, () => statSync(place, { throwIfNoEntry: false }));
}

async function predict(request: ParsedRequest<'predict'>, { signal }: CallContext): Promise<CallAnswer<'predict'>> {
  const predictor = await openModel(request.model);
  try {
    const { schema } = predictor.metadata;
    const { columns, rows, rejectedRows } = await readInputColumns(request.table, schema, signal);
    const { predictions, usable, skipped, unseen } = await predictor.predict(columns, rows, signal);
    signal.throwIfAborted();
    const targets = schema.targets.map(({ name }) => name);
    const predicted = predictedRows(predictor.metadata, predictions, request.intervals);
    const { out } = request;
    if (out !== undefined) {
      attempt(`write ${out}`, () => {
        writeFileAtomic(out, predictionsAsCsv(targets, usable, predicted));
      });
    }
    return {
      targets,
      rows: usable.reduce((sum, one) => sum + one, 0),
      skipped: [
        ...(rejectedRows === 0
          ? []
          : [{ reason: `${unreadable} (not counted in the row numbers)`, rows: rejectedRows }]),
        ...skipped,
      ],
      ...summarise(predictions, targets.length),
      unseen: Object.fromEntries(Object.entries(unseen).map(([column, values]) => [column, [...values]])),
      ...predicted.level,
      predictions: firstUsable(usable, request.limit).map((index) => ({ row: index + 1, ...predicted.row(index) })),
      ...(out === undefined ? {} : { file: out }),
    };
  } finally {
    await predictor.close();
  }
}

function firstUsable(usable: Uint8Array, limit: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < usable.length && rows.length < limit; row++) if (usable[row] === 1) rows.push(row);
  return rows;
}

/** Number of negative predictions and lowest prediction per target; rows without a prediction do not count. */
function summarise(predictions: Float32Array, targets: number): { negative: number[]; minimum: number[] } {
  const negative = new Array<number>(targets).fill(0);
  const minimum = new Array<number>(targets).fill(Infinity);
  predictions.forEach((value, index) => {
    const target = index % targets;
    if (value < 0) negative[target] = (negative[target] ?? 0) + 1;
    if (value < (minimum[target] ?? 0)) minimum[target] = value;
  });
  return { negative, minimum: minimum.map((value) => (Number.isFinite(value) ? value : 0)) };
}

async function predictRow({ model, values }: ParsedRequest<'predictRow'>): Promise<CallAnswer<'predictRow'>> {
  const predictor = await openModel(model);
  try {
    const { schema } = predictor.metadata;
    const columns = new Map<string, RawColumn>(
      schema.inputs.map(({ column, kind }) => {
        const value = Object.hasOwn(values, column) ? (values[column] ?? null) : null;
        return [
          column,
          kind === 'number' ? Float64Array.of(toNumber(column, value)) : [value === null ? null : String(value)],
        ];
      }),
    );
    const { predictions, usable, skipped, unseen } = await predictor.predict(columns, 1);
    if (usable[0] !== 1) {
      throw new OrthantError('data', `There is no prediction: ${skipped[0]?.reason ?? 'an input is missing'}.`, {
        field: 'values',
      });
    }
    const predicted = predictedRows(predictor.metadata, predictions, true);
    return {
      targets: schema.targets.map(({ name }) => name),
      ...predicted.level,
      ...predicted.row(0),
      unseen: Object.keys(unseen),
    };
  } finally {
    await predictor.close();
  }
}

function toNumber(column: string, value: number | string | null): number {
  if (value === null || value === '') return NaN;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new OrthantError('data', `"${value}" is not a number, but the model expects one for ${column}.`, {
    field: `values.${column}`,
  });
}
