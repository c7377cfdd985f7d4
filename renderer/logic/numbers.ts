import type { NumberSetting } from '../../native/contract/describedSetting.ts';
import { formatNumber } from './format.ts';

/** Numbers typed into a form. */

export type NumberRange = Pick<
  NumberSetting,
  'integer' | 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum'
>;

/** Why a number is not valid; `undefined` if it is. */
export function numberProblem(value: number, range: NumberRange): string | undefined {
  if (!Number.isFinite(value)) return 'Enter a number.';
  if (range.integer && !Number.isInteger(value)) return 'Enter a whole number.';
  const { minimum, maximum } = range;
  if (minimum !== undefined && (range.exclusiveMinimum ? value <= minimum : value < minimum)) {
    return `Must be ${range.exclusiveMinimum ? 'more than' : 'at least'} ${formatNumber(minimum, 6)}.`;
  }
  if (maximum !== undefined && (range.exclusiveMaximum ? value >= maximum : value > maximum)) {
    return `Must be ${range.exclusiveMaximum ? 'less than' : 'at most'} ${formatNumber(maximum, 6)}.`;
  }
  return undefined;
}

/** A range as text for the help of its field. */
export function rangeText(range: NumberRange): string {
  const { minimum, maximum } = range;
  if (minimum === undefined && maximum === undefined) return '';
  const limit = (value: number | undefined, open: string, exclusive: boolean): string =>
    value === undefined ? '' : `${exclusive ? `${open} ` : ''}${formatNumber(value, 6)}`;
  const low = limit(minimum, 'more than', range.exclusiveMinimum);
  const high = limit(maximum, 'less than', range.exclusiveMaximum);
  if (maximum === undefined) return range.exclusiveMinimum ? low : `${low} or more`;
  if (minimum === undefined) return range.exclusiveMaximum ? high : `${high} or less`;
  if (range.exclusiveMinimum) return range.exclusiveMaximum ? `${low}, ${high}` : `${low}, up to ${high}`;
  return `${low} to ${high}`;
}

/** Parses a typed number; accepts a decimal comma and a true minus sign. */
export function parseNumber(text: string): number {
  const plain = text
    .trim()
    .replaceAll('−', '-')
    .replace(/^(-?\d+),(\d+)$/, '$1.$2');
  return plain === '' ? Number.NaN : Number(plain);
}
