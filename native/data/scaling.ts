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

/** Scaled value = (value - shift) / scale. */
interface Scaling {
  readonly shift: number;
  readonly scale: number;
}

const inputScalings: Readonly<Record<DataSettings['scaling']['inputs'], (spread: Spread) => Scaling>> = {
  standard: ({ mean, deviation }) => ({ shift: mean, scale: deviation }),
  'min-max': ({ minimum, maximum }) => ({ shift: minimum, scale: maximum - minimum }),
  none: () => ({ shift: 0, scale: 1 }),
};

/** The scaling of an input. A constant input is scaled by 1. */
export function inputScaling(spread: Spread, kind: DataSettings['scaling']['inputs']): Scaling {
  const scaling = inputScalings[kind](spread);
  return spread.constant ? { ...scaling, scale: 1 } : scaling;
}

/** The divisor of a target, of which the deviation is given. Targets are never shifted, so that positive stays positive. */
export const targetScales: Readonly<Record<DataSettings['scaling']['targets'], (deviation: number) => number>> = {
  'standard-deviation': (deviation) => deviation,
  none: () => 1,
};

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
