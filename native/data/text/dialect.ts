import type { Dialect } from '../../contract/configuration.ts';
import { OrthantError } from '../../contract/errors.ts';
import { splitFields, type Grammar } from './fields.ts';
import { RecordScanner } from './records.ts';

/** The complete dialect of a delimited text file. */
export interface FoundDialect {
  readonly delimiter: string;
  /** Empty if the file has no quoted fields. */
  readonly quote: string;
  readonly header: boolean;
  readonly decimalComma: boolean;
  readonly grammar: Grammar;
  /** Number of fields of most records. */
  readonly fields: number;
  /** The header's fields as written, if there is a header. */
  readonly names: readonly string[] | undefined;
  /** The first records below the header that have `fields` fields. */
  readonly sample: readonly (readonly string[])[];
}

const delimiters = [',', ';', '\t', '|', ' '] as const;
const sampleRecords = 500;

/**
 * Detects the parts of the dialect that `given` does not set.
 *
 * The delimiter is the one that gives most records the same number of fields, more than one, with the fewest of the
 * other delimiters left inside fields.
 *
 * @param head - the file's first bytes as UTF-8
 * @param complete - whether `head` is the whole file
 */
export function findDialect(head: Buffer, complete: boolean, given: Dialect): FoundDialect {
  const quote = given.quote ?? findQuote(head);
  const candidates = (given.delimiter === undefined ? delimiters : [given.delimiter]).map((delimiter) => {
    const grammar: Grammar = {
      delimiter: oneByte(delimiter, 'delimiter'),
      quote: quote === '' ? undefined : oneByte(quote, 'quote'),
    };
    const records = firstRecords(head, complete, grammar);
    return { delimiter, grammar, records, ...consistency(records, delimiter) };
  });
  const best = candidates.reduce((winner, candidate) => (candidate.score > winner.score ? candidate : winner));
  const decimalComma = given.decimalComma ?? findDecimalComma(best.delimiter, best.records);
  const firstRecord = best.records[0] ?? [];
  const header = given.header ?? !firstRecord.some((cell) => isNumber(cell, decimalComma));
  const { delimiter, grammar, fields } = best;
  const sample = best.records.slice(header ? 1 : 0).filter((record) => record.length === fields);
  return { delimiter, quote, header, decimalComma, grammar, fields, names: header ? firstRecord : undefined, sample };
}

/** Number of fields of most records, and how well the delimiter fits them: a higher score is better. */
function consistency(
  records: readonly (readonly string[])[],
  delimiter: string,
): { readonly fields: number; readonly score: number } {
  const fields = mostFrequent(records.map((record) => record.length));
  const alike = records.filter((record) => record.length === fields);
  const share = records.length === 0 ? 0 : alike.length / records.length;
  const cells = alike.flat();
  const unsplit =
    cells.filter((cell) => /[;\t|]/.test(cell.replaceAll(delimiter, ''))).length / Math.max(1, cells.length);
  // A wrong delimiter usually gives one field per record; a space occurs in every sentence, so it counts less.
  return { fields, score: (fields < 2 ? 0 : share * (delimiter === ' ' ? 0.6 : 1)) - unsplit };
}

function oneByte(text: string, what: 'delimiter' | 'quote'): number {
  const code = text.charCodeAt(0);
  if (text.length !== 1 || code > 0x7f || code === 0x0a || code === 0x0d) {
    throw new OrthantError('usage', `The ${what} must be one ASCII character, not "${text}".`, {
      field: `dialect.${what}`,
    });
  }
  return code;
}

function firstRecords(head: Buffer, complete: boolean, grammar: Grammar): string[][] {
  const records: string[][] = [];
  const scanner = new RecordScanner(grammar, undefined, (buffer, start, end) => {
    if (records.length < sampleRecords) records.push(splitFields(buffer.subarray(start, end), grammar));
  });
  scanner.scan(head, complete);
  return records;
}

function mostFrequent(counts: readonly number[]): number {
  const frequency = new Map<number, number>();
  for (const count of counts) frequency.set(count, (frequency.get(count) ?? 0) + 1);
  let best = 0;
  for (const [count, times] of frequency) if (times > (frequency.get(best) ?? 0)) best = count;
  return best;
}

/** Single quotes only if fields begin and end with them and no field begins with a double quote. */
function findQuote(head: Buffer): string {
  const text = head.toString('latin1', 0, 65_536);
  if (/(^|[,;\t|\r\n])"/.test(text)) return '"';
  const opened = text.match(/(^|[,;\t|\r\n])'[^'\r\n]*'(?=$|[,;\t|\r\n])/g);
  return opened !== null && opened.length >= 2 ? "'" : '"';
}

const decimalPoint = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const decimalCommaOnly = /^[+-]?\d*,\d+([eE][+-]?\d+)?$/;

const pointBetweenThousands = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/;

/** Whether most decimals have a comma. Columns with the other mark are found later, each separately. */
function findDecimalComma(delimiter: string, records: readonly (readonly string[])[]): boolean {
  let commas = 0;
  let decimals = 0;
  let points = 0;
  /** Numbers whose points may also separate thousands. */
  let open = 0;
  for (const cell of records.flat()) {
    const text = cell.trim();
    if (decimalCommaOnly.test(text)) {
      commas++;
      if (!/,\d{3}$/.test(text)) decimals++;
    } else if (pointBetweenThousands.test(text)) open++;
    else if (text.includes('.') && decimalPoint.test(text)) points++;
  }
  if (open > commas) return false;
  // If commas separate fields, a comma inside a number more often separates thousands ("1,234").
  return delimiter === ',' ? decimals > 0 && points === 0 : commas > points;
}

/** Whether a cell is a finite number as written in tables. */
export function isNumber(cell: string, decimalComma: boolean): boolean {
  const text = cell.trim();
  return decimalPoint.test(decimalComma ? text.replace(',', '.') : text);
}
