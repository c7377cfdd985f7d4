import { excerptOfBytes, type Excerpt } from '../excerpt.ts';
import { fieldRanges, type Grammar } from './fields.ts';

/** Problems of a record as text. Positions are bytes from the record's beginning. */
export type RecordProblem =
  | { readonly kind: 'open-quote'; readonly at: number }
  /** `field` counts from 1; its opening quote is at `opened`, and `at` follows its closing quote. */
  | { readonly kind: 'after-quote'; readonly opened: number; readonly at: number; readonly field: number }
  | { readonly kind: 'fields'; readonly found: number; readonly expected: number }
  | { readonly kind: 'encoding' };

export interface BadRecord extends Excerpt {
  /** Line in the file on which the record begins, from 1. */
  readonly line: number;
  readonly reason: string;
  /** How to fix it. */
  readonly advice: string;
}

/** @param record - the bytes that are rejected */
export function badRecord(line: number, problem: RecordProblem, record: Buffer, grammar: Grammar): BadRecord {
  const mark = place(problem, record, grammar);
  return { line, ...describe(problem, grammar), ...excerptOfBytes(record, mark) };
}

export const nameDelimiter = (delimiter: string): string =>
  delimiter === '\t' ? 'tabs' : delimiter === ' ' ? 'spaces' : `"${delimiter}"`;

const count = (fields: number): string => `${fields} ${fields === 1 ? 'field' : 'fields'}`;

function describe(problem: RecordProblem, grammar: Grammar): Pick<BadRecord, 'reason' | 'advice'> {
  const quote = String.fromCharCode(grammar.quote ?? 0x22);
  switch (problem.kind) {
    case 'open-quote':
      return {
        reason: 'has a quote that is never closed',
        advice: `Close the quote, or write ${quote}${quote} for one that belongs to the text.`,
      };
    case 'after-quote':
      return {
        reason: `has text after the quote that closes field ${problem.field} (column ${problem.at - problem.opened + 1} of the field)`,
        advice: `Remove the text after the closing quote, or write ${quote}${quote} for a quote that belongs to the text.`,
      };
    case 'fields': {
      const { found, expected } = problem;
      const delimiter = String.fromCharCode(grammar.delimiter);
      return {
        reason: `has ${count(found)} where ${expected} are expected`,
        advice:
          found > expected
            ? `Remove the extra fields, or put quotes around a value that holds ${nameDelimiter(delimiter)} itself.`
            : `Add ${expected - found === 1 ? 'the field that is' : `the ${expected - found} fields that are`} missing (an empty one is a missing value), or join the line with the next one if a line end has split it.`,
      };
    }
    case 'encoding':
      return {
        reason: 'is not valid UTF-8 text',
        advice: 'Save the file as UTF-8, or set its encoding (Latin-1 or UTF-16).',
      };
  }
}

/** Longer records, in bytes, are not searched for the invalid byte. */
const searched = 2 ** 20;

function place(problem: RecordProblem, record: Buffer, grammar: Grammar): [number, number] | undefined {
  const { length } = record;
  switch (problem.kind) {
    case 'open-quote':
    case 'after-quote':
      // A quote in a later line of the record is not shown: only the first line is rejected.
      return problem.at < length ? [problem.at, length] : undefined;
    case 'fields':
      return problem.found > problem.expected
        ? [fieldRanges(record, grammar)[problem.expected]?.[0] ?? length, length]
        : undefined;
    case 'encoding': {
      if (length > searched) return undefined;
      const before = record.toString('utf8').indexOf('\ufffd');
      const at = Buffer.byteLength(record.toString('utf8').slice(0, before));
      return [at, at + 1];
    }
  }
}
