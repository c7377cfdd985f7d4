import { formatExponential, formatRead } from './format.ts';

/** Alignment of the decimal marks of numbers in a column. */

/** A printed number at the end of a text, with its unit. Numbers with exponents are not aligned. */
const endsInNumber = /^(?!.*e−?\d+$).*?\d+(?:\.(\d+))?(?: %)?$/;

/** Number of decimals of the number at the end of a text. */
const decimalsOf = (text: string): number => endsInNumber.exec(text)?.[1]?.length ?? 0;

/** The largest number of decimals among the cells of a column. */
export const mostDecimals = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, decimalsOf(text)), 0);

/** Invisible padding at the end of a cell for the decimals it lacks. */
export function paddingOf(text: string, decimals: number): string {
  const own = decimalsOf(text);
  if (!endsInNumber.test(text) || own >= decimals) return '';
  return `${own === 0 ? '.' : ''}${'0'.repeat(decimals - own)}`;
}

/** Number of digits that fit in a column of the table. */
const digitsPerCell = 9;
/** Minimum of significant digits after shortening. */
const leastDigits = 3;

/**
 * A cell of a data column: seven significant digits, or fewer if the decimals would not fit beside the largest value's
 * integer digits.
 *
 * @param largest - largest absolute value of the column
 */
export function cellNumber(value: number, largest: number): string {
  const text = formatRead(value, 7);
  const integer = Math.max(1, Math.floor(Math.log10(largest || 1)) + 1);
  const decimals = Math.max(0, digitsPerCell - integer);
  if (decimalsOf(text) <= decimals) return text;
  return Math.abs(value) < 10 ** (leastDigits - 1 - decimals)
    ? formatExponential(value)
    : formatRead(Number(value.toFixed(decimals)), 7);
}
