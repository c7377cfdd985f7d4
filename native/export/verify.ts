import { OrthantError } from '../contract/errors.ts';
import { ulpOf } from '../base/float32.ts';
import { differenceLimit, differenceLimitUlps, type ExportReport } from '../contract/results.ts';
import type { RawColumns } from '../data/encode.ts';
import type { Model } from '../network/model.ts';
import type { GraphInterface } from './metadata.ts';
import { openSession } from './onnxSession.ts';

/** Unencoded rows of the table, with the predictions of the training engine for them. */
export interface ExportCheck {
  /** At least the columns of the schema's inputs; every row has all its inputs. */
  readonly columns: RawColumns;
  readonly rows: number;
  /** In the targets' units, row-major [rows, targets]. */
  readonly predictions: ArrayLike<number>;
  /** Standard deviation of each target in its units; by default the targets' scales. */
  readonly targetDeviations?: readonly number[];
}

/**
 * Runs a model in ONNX Runtime and compares it with the training engine.
 *
 * @param bytes - the content of an .onnx file
 * @throws OrthantError `export` if they differ by more than {@link differenceLimit} or {@link differenceLimitUlps}, or ONNX Runtime refuses it
 */
export async function verifyOnnx(
  bytes: Uint8Array,
  model: Pick<Model, 'schema'>,
  names: GraphInterface,
  check: ExportCheck,
  signal?: AbortSignal,
): Promise<ExportReport> {
  requireRows(model, check);
  const exported = await runOnce(bytes, model.schema, names, check, signal);
  return { verifiedBy: 'onnx-runtime', ...compare(exported, model, check, 'ONNX Runtime gives') };
}

/** @throws OrthantError `export` if there are no rows to compare an exported model on */
export function requireRows({ schema }: Pick<Model, 'schema'>, { rows, predictions }: ExportCheck): void {
  const outputs = schema.targets.length;
  if (rows > 0 && predictions.length === rows * outputs) return;
  throw new OrthantError(
    'export',
    `The exported model cannot be verified: ${rows} rows and ${predictions.length} predictions of ${outputs} targets.`,
  );
}

/**
 * Compares the predictions of an exported model with those of the training engine.
 *
 * @param exported - predictions of the first rows or of all rows
 * @param gives - subject and verb for errors, naming the program that computed `exported`
 * @throws OrthantError `export` if they differ by more than {@link differenceLimit} or {@link differenceLimitUlps}
 */
export function compare(
  exported: ArrayLike<number>,
  { schema }: Pick<Model, 'schema'>,
  check: ExportCheck,
  gives: string,
): Omit<ExportReport, 'verifiedBy'> {
  const { columns, rows, predictions } = check;
  const outputs = schema.targets.length;
  const deviation = (target: number): number => check.targetDeviations?.[target] ?? schema.targets[target]?.scale ?? 1;
  let maxRelativeDifference = 0;
  let worst = { excess: 0, index: 0, difference: 0, limit: differenceLimit };
  let smallestOutput = Infinity;
  const limits = schema.targets.map((_, target) => limitOf(predictions, target, outputs, deviation(target)));
  for (let index = 0; index < exported.length; index++) {
    const value = exported[index] ?? NaN;
    const relative = Math.abs(value - (predictions[index] ?? NaN)) / deviation(index % outputs);
    smallestOutput = Math.min(smallestOutput, value);
    // A NaN on either side counts as an infinite difference.
    const difference = Number.isNaN(relative) ? Infinity : relative;
    maxRelativeDifference = Math.max(maxRelativeDifference, difference);
    const limit = limits[index % outputs] ?? differenceLimit;
    if (difference / limit > worst.excess) worst = { excess: difference / limit, index, difference, limit };
  }
  if (worst.excess > 1) {
    const { index, difference, limit } = worst;
    const name = schema.targets[index % outputs]?.name ?? '';
    throw new OrthantError(
      'export',
      `The exported model does not agree with the trained one, so no file was written. For "${name}" ${gives} ${exported[index] ?? NaN} where the training engine gives ${predictions[index] ?? NaN} (row ${Math.floor(index / outputs) + 1} of the ${rows} compared): ${difference} standard deviations apart, and ${limit} is the limit. ${likelyCause(columns)}`,
    );
  }
  return { maxRelativeDifference, smallestOutput, rows };
}

async function runOnce(
  bytes: Uint8Array,
  schema: Model['schema'],
  names: GraphInterface,
  { columns, rows }: ExportCheck,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  try {
    const session = await openSession(bytes, schema, names);
    try {
      return await session.predict(columns, rows, signal);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof OrthantError || signal?.aborted === true) throw error;
    throw new OrthantError(
      'export',
      `ONNX Runtime cannot run the exported model, so no file was written: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** Largest accepted difference of a target's outputs, in standard deviations; only finite predictions widen it. */
function limitOf(predictions: ArrayLike<number>, target: number, outputs: number, deviation: number): number {
  let largest = 0;
  for (let index = target; index < predictions.length; index += outputs) {
    const size = Math.abs(predictions[index] ?? 0);
    if (Number.isFinite(size)) largest = Math.max(largest, size);
  }
  return Math.max(differenceLimit, (differenceLimitUlps * ulpOf(largest)) / deviation);
}

/** The most likely cause, and what the user can do about it. */
function likelyCause(columns: RawColumns): string {
  const large = [...columns].find(
    ([, values]) => values instanceof Float64Array && values.some((value) => Math.abs(value) > 1e7),
  );
  return large === undefined
    ? 'Weights that have grown very large cause this: a smaller learning rate or weight decay helps.'
    : `Column "${large[0]}" has values beyond 10 million, which float32 holds to fewer than single units: subtract a constant from it first.`;
}
