import { figure } from '../../native/base/figures.ts';
import { missingCategory, type ModelInput } from '../../native/contract/dataSchema.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import { parseNumber } from './numbers.ts';

/** One row for a model as typed text, one text per input. */

/** Initial text of a field: a typical number, or a known category. */
export const startText = (input: ModelInput): string =>
  input.kind === 'number'
    ? figure(input.shift)
    : (knownCategories(input).find((category) => category !== missingCategory) ?? '');

export const knownCategories = (input: Exclude<ModelInput, { kind: 'number' }>): readonly string[] =>
  input.kind === 'one-hot' ? input.categories : input.order;

const separators = [';', '\t', ','] as const;

/**
 * Splits a pasted row at semicolons if there are any, else at tabs or commas, so that values may be missing, else at
 * spaces.
 */
export function splitValues(text: string): string[] {
  const row = text.trim();
  if (row === '') return [];
  const separator = separators.find((known) => row.includes(known));
  return row.split(separator ?? /\s+/).map((value) => value.trim());
}

/** Values as one line that {@link splitValues} reads. */
export const joinValues = (values: readonly string[]): string =>
  values.join(values.some((value) => value.includes(',')) ? '; ' : ', ');

/**
 * The values of a prediction request: numbers, categories as text, and `null` for an empty text.
 *
 * @throws OrthantError if there are too many or too few texts, or one is not a number
 */
export function modelRow(
  inputs: readonly ModelInput[],
  texts: readonly string[],
): Record<string, number | string | null> {
  if (texts.length !== inputs.length)
    throw new OrthantError(
      'usage',
      `${inputs.length} values are needed, separated by commas or spaces; there are ${texts.length}.`,
    );
  return Object.fromEntries(
    inputs.map((input, index): [string, number | string | null] => {
      const text = texts[index] ?? '';
      if (text.trim() === '') return [input.column, null];
      if (input.kind !== 'number') return [input.column, text];
      const number = parseNumber(text);
      if (Number.isFinite(number)) return [input.column, number];
      throw new OrthantError('usage', `${input.column} is “${text}”, which is not a number.`);
    }),
  );
}
