import { OrthantError } from '../contract/errors.ts';
import { differenceLimit, type ExportReport } from '../contract/results.ts';
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
 * @throws OrthantError `export` if they differ by more than {@link differenceLimit}, or ONNX Runtime refuses it
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
 * @throws OrthantError `export` if they differ by more than {@link differenceLimit}
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
  let worst = 0;
  let smallestOutput = Infinity;
  for (let index = 0; index < exported.length; index++) {
    const value = exported[index] ?? NaN;
    const difference = Math.abs(value - (predictions[index] ?? NaN)) / deviation(index % outputs);
    smallestOutput = Math.min(smallestOutput, value);
    // A NaN on either side counts as an infinite difference.
    const distance = Number.isNaN(difference) ? Infinity : difference;
    if (distance > maxRelativeDifference) {
      maxRelativeDifference = distance;
      worst = index;
    }
  }
  if (maxRelativeDifference > differenceLimit) {
    const name = schema.targets[worst % outputs]?.name ?? '';
    throw new OrthantError(
      'export',
      `The exported model does not agree with the trained one, so no file was written. For "${name}" ${gives} ${exported[worst] ?? NaN} where the training engine gives ${predictions[worst] ?? NaN} (row ${Math.floor(worst / outputs) + 1} of the ${rows} compared): ${maxRelativeDifference} standard deviations apart, and ${differenceLimit} is the limit. ${likelyCause(columns, Math.abs(exported[worst] ?? NaN) / deviation(worst % outputs))}`,
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

/** The most likely cause, and what the user can do about it. */
function likelyCause(columns: RawColumns, deviations: number): string {
  if (deviations > 100) {
    return `The prediction itself is ${Math.round(deviations)} standard deviations large, and float32 holds seven digits: the network has not learned this row. A smaller learning rate, weight decay or standardised inputs help.`;
  }
  const large = [...columns].find(
    ([, values]) => values instanceof Float64Array && values.some((value) => Math.abs(value) > 1e7),
  );
  return large === undefined
    ? 'Weights that have grown very large cause this: a smaller learning rate or weight decay helps.'
    : `Column "${large[0]}" has values beyond 10 million, which float32 holds to fewer than single units: subtract a constant from it first.`;
}
