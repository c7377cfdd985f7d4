import { firstOnes, quoted } from '../base/lists.ts';
import type { Warning } from '../contract/inspection.ts';
import { aggregate, quoteText, type Session } from './database.ts';
import type { RawTable } from './rawTable.ts';

/**
 * Finds how the numbers of a text column are written, for each column separately, since files are often merged from
 * several sources. A mark that may also separate thousands ("1,234") decides nothing; a warning reports what remains
 * undecided.
 */

export type DecimalMark = '.' | ',';

/** The decimal mark of numbers whose column does not clearly use another one. */
export const fileMark = ({ decimalComma }: Pick<RawTable, 'decimalComma'>): DecimalMark => (decimalComma ? ',' : '.');
const otherThan = (mark: DecimalMark): DecimalMark => (mark === '.' ? ',' : '.');
const nameOf = (mark: DecimalMark): string => (mark === '.' ? 'a decimal point' : 'a decimal comma');

/**
 * SQL that converts a text column to numbers; NULL where a cell is not a number with this decimal mark. A cell with
 * both marks, "1.234,5", has one reading only: the first marks separate thousands.
 */
export function asNumber(column: string, mark: DecimalMark): string {
  const other = otherThan(mark);
  const plain = (text: string): string => (mark === ',' ? `replace(${text}, ',', '.')` : text);
  const trimmed = `trim(${column})`;
  const withThousands = `CASE WHEN ${matches(column, groupsAndDecimals(other, mark))} THEN ${plain(`replace(${trimmed}, '${other}', '')`)} END`;
  return `TRY_CAST(CASE WHEN contains(${column}, '${other}') THEN ${withThousands} ELSE ${plain(trimmed)} END AS DOUBLE)`;
}

const groupsAndDecimals = (mark: DecimalMark, decimals: DecimalMark): string =>
  `[+-]?[1-9]\\d{0,2}([${mark}]\\d{3})+[${decimals}]\\d+`;
/** Groups of three digits: "1.234", "1.234,5", "12 345". */
const groups = (mark: string, decimals: string): string =>
  `[+-]?[1-9]\\d{0,2}([${mark}]\\d{3})+${decimals === '' ? '' : `([${decimals}]\\d+)?`}`;
const grouped = [groups('.', ','), groups(',', '.'), groups(" '\u00a0\u202f", '.,')].map((one) => `(${one})`).join('|');

const matches = (column: string, pattern: string): string =>
  `regexp_full_match(trim(${column}), ${quoteText(pattern)})`;
const looksLikeNumber = (column: string): string =>
  `(${asNumber(column, '.')} IS NOT NULL OR ${asNumber(column, ',')} IS NOT NULL OR ${matches(column, grouped)})`;

export interface MarkCounts {
  /** Number of cells that are numbers with each decimal mark; whole numbers count for both. */
  readonly numbers: Readonly<Record<DecimalMark, number>>;
  /** Number of those cells in which the mark cannot separate thousands. */
  readonly clear: Readonly<Record<DecimalMark, number>>;
  /** Number of cells that look like numbers to a person. */
  readonly alike: number;
}

/** SQL aggregates whose values {@link countsOf} turns into counts. */
export const markAggregates = (column: string): string[] => [
  ...(['.', ','] as const).flatMap((mark) => [
    `count(${asNumber(column, mark)})`,
    `count(*) FILTER (${asNumber(column, mark)} IS NOT NULL AND contains(${column}, '${mark}') ` +
      `AND NOT ${matches(column, groups(mark, ''))})`,
  ]),
  `count(*) FILTER (${looksLikeNumber(column)})`,
];

/** Counts of a column from the values of {@link markAggregates}, in their order. */
export function countsOf([points = 0, clearPoints = 0, commas = 0, clearCommas = 0, alike = 0]: number[]): MarkCounts {
  return { numbers: { '.': points, ',': commas }, clear: { '.': clearPoints, ',': clearCommas }, alike };
}

/** The decimal mark of a column: that of the file, unless most of its numbers clearly have the other one. */
export function markOf({ numbers, clear }: MarkCounts, raw: RawTable): DecimalMark {
  const own = fileMark(raw);
  const other = otherThan(own);
  return raw.oneDecimalMark !== true && numbers[other] > numbers[own] && clear[other] > 0 ? other : own;
}

/** Warns that columns have another decimal mark than the file. */
export function otherMarkWarning(names: readonly string[], raw: RawTable): Warning[] {
  if (names.length === 0) return [];
  const [own, other] = [nameOf(fileMark(raw)), nameOf(otherThan(fileMark(raw)))];
  return [
    {
      message: `The numbers of ${names.length === 1 ? 'column' : 'columns'} ${firstOnes(names.map(quoted))} were read with ${other}, as they are written; other numbers of this file are read with ${own}.`,
      ...(names.length === 1 ? { column: names[0] } : {}),
    },
  ];
}

/** Warns that a column that looks like numbers was read as text; gives the reason and how to fix it. */
export async function readAsTextWarning(
  session: Session,
  table: string,
  { name, column, counts }: { readonly name: string; readonly column: string; readonly counts: MarkCounts },
  raw: RawTable,
): Promise<Warning> {
  const own = fileMark(raw);
  const of = `FILTER (${asNumber(column, own)} IS NULL AND ${looksLikeNumber(column)})`;
  const [example] = await aggregate(session, table, [`first(trim(${column}) ORDER BY rowid) ${of}`]);
  const values = `values such as "${String(example).slice(0, 40)}"`;
  const { numbers, clear } = counts;
  const other = otherThan(own);
  const why =
    clear[own] > 0 && clear[other] > 0
      ? `some of its numbers have a decimal point, others a decimal comma (${values}). Write them in one way`
      : numbers[other] > numbers[own] && clear[other] > 0
        ? `${values} have ${nameOf(other)}, but ${nameOf(own)} is set for the file. Change this setting, or the file`
        : `${values} seem to have thousands separators, and it is unclear which mark is the decimal mark. Write numbers without thousands separators${own === '.' && numbers[','] > numbers['.'] ? ', or set decimal commas for the file' : ''}`;
  return { column: name, message: `Column "${name}" was read as text: ${why}.` };
}
