import { formatExponential, formatRead } from './format.ts';

/** Numbers below each other, so that their decimal marks are. */

/** A number as it is printed, at the end of a text, with the unit behind it. Exponents align with nothing. */
const endsInNumber = /^(?!.*e−?\d+$).*?\d+(?:\.(\d+))?(?: %)?$/;

/** Digits behind the mark of the number with which a text ends. */
const decimalsOf = (text: string): number => endsInNumber.exec(text)?.[1]?.length ?? 0;

/** The most digits that any of these texts, the cells of a column, has behind its mark. */
export const mostDecimals = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, decimalsOf(text)), 0);

/** What takes the room, at the end of a cell, of the digits it has fewer than others of its column. */
export function fillingOf(text: string, decimals: number): string {
  const own = decimalsOf(text);
  if (!endsInNumber.test(text) || own >= decimals) return '';
  return `${own === 0 ? '.' : ''}${'0'.repeat(decimals - own)}`;
}

/** Digits of a number that a column of the table has room for. */
const room = 9;
/** A number is never cut to fewer significant digits than these to fit among others. */
const fewest = 3;

/**
 * A value of the data among others of its column: seven significant digits, fewer where that would need more room behind
 * the mark than the largest one leaves.
 *
 * @param largest - of the column's magnitudes
 */
export function cellNumber(value: number, largest: number): string {
  const text = formatRead(value, 7);
  const integer = Math.max(1, Math.floor(Math.log10(largest || 1)) + 1);
  const decimals = Math.max(0, room - integer);
  if (decimalsOf(text) <= decimals) return text;
  return Math.abs(value) < 10 ** (fewest - 1 - decimals)
    ? formatExponential(value)
    : formatRead(Number(value.toFixed(decimals)), 7);
}
