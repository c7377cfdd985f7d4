import { csvField } from '../base/csvField.ts';
import type { OnnxMetadata } from '../export/metadata.ts';
import { intervalEnds } from '../network/intervalEnds.ts';

interface PredictedRow {
  prediction: number[];
  /** The ends of each target's interval; absent without intervals. */
  low?: number[];
  high?: number[];
}

/** Predictions of a table's rows, with intervals if they are wanted and the model has them. */
export interface PredictedRows {
  /** Level of the intervals; empty without them. */
  readonly level: { readonly level?: number };
  readonly row: (index: number) => PredictedRow;
}

/** @param predictions - in the targets' units, row-major [rows, targets] */
export function predictedRows(
  { interval, schema, epsilon }: OnnxMetadata,
  predictions: Float32Array,
  wanted: boolean,
): PredictedRows {
  const width = schema.targets.length;
  const at = (values: Float32Array, index: number): number[] => [
    ...values.subarray(index * width, (index + 1) * width),
  ];
  if (!wanted || interval === undefined) return { level: {}, row: (index) => ({ prediction: at(predictions, index) }) };
  const { level, halfWidths } = interval;
  const bounds = schema.targets.map(({ name }) => epsilon[name] ?? 0);
  const { low, high } = intervalEnds(predictions, halfWidths, bounds);
  return {
    level: { level },
    row: (index) => ({ prediction: at(predictions, index), low: at(low, index), high: at(high, index) }),
  };
}

/**
 * Row numbers (from 1), predictions, and then the intervals' ends, target by target, as CSV; a row without a prediction
 * has empty fields.
 */
export function* predictionsAsCsv(
  targets: readonly string[],
  usable: Uint8Array,
  { level, row }: PredictedRows,
): Generator<string> {
  const names = ['row', ...targets];
  if (level.level !== undefined) {
    for (const target of targets) for (const end of ['low', 'high']) names.push(unused(`${target} ${end}`, names));
  }
  yield `${names.map(csvField).join(',')}\n`;
  for (let index = 0; index < usable.length; index++) {
    const { prediction, low = [], high = [] } = row(index);
    const values = [...prediction, ...low.flatMap((value, target) => [value, high[target] ?? NaN])];
    yield `${[index + 1, ...values.map((value) => (usable[index] === 1 ? value : ''))].join(',')}\n`;
  }
}

/** A name that no other column has: a preferred name that is taken gets a number. */
function unused(preferred: string, names: readonly string[]): string {
  let name = preferred;
  for (let number = 2; names.includes(name); number++) name = `${preferred}_${number}`;
  return name;
}
