import type { ModelInput } from '../contract/dataSchema.ts';
import type { Warning } from '../contract/inspection.ts';
import { figure, readable } from '../base/figures.ts';
import type { RawColumns } from './encode.ts';
import { numberColumn } from './fitColumns.ts';
import { spreadOf } from './scaling.ts';

/** Patterns of rows that explain why a network learns little from them. */

/** With fewer rows, one of them holds a large part of the variance by chance. */
const fewestRows = 20;
const mostZeros = 0.5;
/** An exponential distribution has the skewness 2. */
const longTail = 3;
const largeShare = 0.9;
/** With this many categories per row, hardly any row has another one to learn from. */
const manyCategories = 0.8;

/**
 * Explains a target of many zeros, or of a long tail of large values, and offers what fits it.
 *
 * @param values - the target on the training rows, in any unit
 * @param loss - the loss that was used, which is not offered again
 * @returns `undefined` if the target has no such pattern
 */
export function explainTarget(name: string, values: Float64Array, loss: string): Warning | undefined {
  if (values.length < fewestRows || values.some((value) => value < 0)) return undefined;
  const zeros = values.reduce((count, value) => count + Number(value === 0), 0) / values.length;
  const skewness = skewnessOf(values);
  if (zeros > mostZeros) {
    return pattern(
      `${percent(zeros)} of the training rows have the ${name} 0: the loss tweedie is made for such amounts${loss === 'tweedie' ? '; it was used here, and another power may fit better' : ''}.`,
    );
  }
  if (zeros > 0 || skewness <= longTail) return undefined;
  const logarithm = 'the method output-transform with transform=exp and target=log';
  return pattern(
    `A few rows have a much larger ${name} than the others (skewness ${readable(figure(skewness, 2))}): try ${loss === 'gamma' ? '' : 'the loss gamma, or '}${logarithm}.`,
  );
}

/** Third standardised moment of the values; 0 if they are all equal. */
function skewnessOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const moment = (power: number): number =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  const variance = moment(2);
  return variance === 0 ? 0 : moment(3) / variance ** 1.5;
}

/**
 * Warns of columns that a network cannot use as they are, whatever the settings: numbers of which one row holds nearly
 * all variance, so that scaled all others look alike, and categories that hardly any two rows share.
 *
 * @param inputs - fitted to the training rows
 * @param columns - of all rows of the table
 * @param rows - numbers of the training rows
 */
export function explainColumns(
  inputs: readonly ModelInput[],
  targets: readonly string[],
  columns: RawColumns,
  rows: Int32Array,
): Warning[] {
  const extreme = (what: string, name: string): Warning[] => {
    const values = numberColumn(columns, name);
    const row = extremeRow(values, rows);
    if (row === undefined) return [];
    const value = readable(figure(values[row] ?? NaN, 7));
    return [
      pattern(
        `The ${what} "${name}" is ${value} in data row ${row + 1}, which alone holds over ${percent(largeShare)} of its variance: beside it all other rows look alike. Check this row, or leave it out.`,
        name,
      ),
    ];
  };
  return [
    ...targets.flatMap((name) => extreme('target', name)),
    ...inputs.flatMap((input) => {
      if (input.kind === 'number') return extreme('input', input.column);
      if (input.kind === 'ordinal' || !namesRows(input.categories.length, rows.length)) return [];
      return [
        pattern(
          `The input "${input.column}" has ${readable(input.categories.length)} categories in ${readable(rows.length)} training rows: it names the rows, and says nothing about others. Ignore it.`,
          input.column,
        ),
      ];
    }),
  ];
}

const namesRows = (categories: number, rows: number): boolean =>
  rows >= fewestRows && categories >= manyCategories * rows;

/**
 * The row that holds nearly all of a column's variance, if there is one. A column that is otherwise the same in most rows,
 * like a pixel that is seldom lit or a count of rare events, has none.
 *
 * @param values - NaN where missing: [rows of the table]
 * @param rows - numbers of the rows to look at
 */
function extremeRow(values: Float64Array, rows: Int32Array): number | undefined {
  const { present, mean, deviation, minimum, maximum, constant } = spreadOf(values, rows);
  if (constant || present < fewestRows) return undefined;
  const extreme = maximum - mean > mean - minimum ? maximum : minimum;
  if ((extreme - mean) ** 2 < largeShare * present * deviation ** 2) return undefined;
  const sorted = Float64Array.from(rows, (row) => values[row] ?? NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const quartile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? NaN;
  return quartile(0.25) === quartile(0.75) ? undefined : rows.find((row) => values[row] === extreme);
}

const percent = (share: number): string => `${figure(100 * share, 2)} %`;

const pattern = (message: string, column?: string): Warning => ({
  topic: 'pattern',
  message,
  ...(column === undefined ? {} : { column }),
});
