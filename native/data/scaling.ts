import type { DataSettings } from '../contract/configuration.ts';

/** Statistics of one column of numbers over the training rows, without missing values (NaN). */
export interface Spread {
  readonly present: number;
  readonly mean: number;
  /** Standard deviation of the population (divided by the count). */
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether all values are equal in float32, in which networks compute. */
  readonly constant: boolean;
}

/** @param rows - indices of the values to count */
export function spreadOf(values: Float64Array, rows: Int32Array): Spread {
  let present = 0;
  let sum = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (const row of rows) {
    const value = values[row] ?? NaN;
    if (Number.isNaN(value)) continue;
    present++;
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const mean = present === 0 ? 0 : sum / present;
  // Two passes: a sum of squared differences does not cancel if the values are large and close to each other.
  let squares = 0;
  for (const row of rows) {
    const difference = (values[row] ?? NaN) - mean;
    if (!Number.isNaN(difference)) squares += difference * difference;
  }
  const deviation = present === 0 ? 0 : Math.sqrt(squares / present);
  return { present, mean, deviation, minimum, maximum, constant: Math.fround(minimum) === Math.fround(maximum) };
}

/** Median of the values that are not missing; the mean of the two middle ones if their count is even. */
export function medianOf(values: Float64Array, rows: Int32Array): number {
  const present = Float64Array.from(rows, (row) => values[row] ?? NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const middle = present.length >> 1;
  const upper = present[middle] ?? 0;
  return present.length % 2 === 1 ? upper : ((present[middle - 1] ?? upper) + upper) / 2;
}

/** Scaled value = (value - shift) / scale. A constant input is scaled by 1. */
export function inputScaling(
  spread: Spread,
  kind: DataSettings['scaling']['inputs'],
): { readonly shift: number; readonly scale: number } {
  if (kind === 'none') return { shift: 0, scale: 1 };
  const shift = kind === 'standard' ? spread.mean : spread.minimum;
  const scale = kind === 'standard' ? spread.deviation : spread.maximum - spread.minimum;
  return { shift, scale: spread.constant ? 1 : scale };
}

/**
 * Standard deviation of each column of numbers without missing values; 1 for a constant column, so that it can be
 * divided by it.
 *
 * @param values - row-major [rows, columns]
 */
export function columnDeviations(values: Float32Array, columns: number): number[] {
  const rows = values.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    let [sum, squares] = [0, 0];
    for (let i = column; i < values.length; i += columns) sum += values[i] ?? 0;
    const mean = sum / rows;
    for (let i = column; i < values.length; i += columns) squares += ((values[i] ?? 0) - mean) ** 2;
    return Math.sqrt(squares / rows) || 1;
  });
}
