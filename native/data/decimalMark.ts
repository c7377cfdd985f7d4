import { firstOnes, quoted } from '../base/lists.ts';
import type { Warning } from '../contract/table.ts';
import { aggregate, quoteText, type Session } from './database.ts';
import type { RawTable } from './rawTable.ts';

/**
 * How the numbers of a text column are written: each column on its own, since files are put together from others. A mark
 * that may also stand between thousands ("1,234") decides nothing, and a warning says what could not be decided.
 */

export type DecimalMark = '.' | ',';

/** The mark that numbers have where their column does not show otherwise. */
export const fileMark = ({ decimalComma }: Pick<RawTable, 'decimalComma'>): DecimalMark => (decimalComma ? ',' : '.');
const otherThan = (mark: DecimalMark): DecimalMark => (mark === '.' ? ',' : '.');
const nameOf = (mark: DecimalMark): string => (mark === '.' ? 'a decimal point' : 'a decimal comma');

/**
 * A text column as numbers, in SQL; NULL where a cell is none as written with this mark. With both marks in it, "1.234,5",
 * a number can be read in one way only: the first ones stand between thousands.
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
  /** Cells that are numbers as written with a mark; whole numbers are so with both. */
  readonly numbers: Readonly<Record<DecimalMark, number>>;
  /** Of these, cells that have the mark where no thousands could end. */
  readonly clear: Readonly<Record<DecimalMark, number>>;
  /** Cells that a person would take for numbers. */
  readonly alike: number;
}

/** What {@link countsOf} makes counts of, in SQL. */
export const markAggregates = (column: string): string[] => [
  ...(['.', ','] as const).flatMap((mark) => [
    `count(${asNumber(column, mark)})`,
    `count(*) FILTER (${asNumber(column, mark)} IS NOT NULL AND contains(${column}, '${mark}') ` +
      `AND NOT ${matches(column, groups(mark, ''))})`,
  ]),
  `count(*) FILTER (${looksLikeNumber(column)})`,
];

/** What the values of {@link markAggregates}, in their order, say of a column. */
export function countsOf([points = 0, clearPoints = 0, commas = 0, clearCommas = 0, alike = 0]: number[]): MarkCounts {
  return { numbers: { '.': points, ',': commas }, clear: { '.': clearPoints, ',': clearCommas }, alike };
}

/** The mark of a column's numbers: that of the file, unless most of them are clearly written with the other. */
export function markOf({ numbers, clear }: MarkCounts, raw: RawTable): DecimalMark {
  const own = fileMark(raw);
  const other = otherThan(own);
  return raw.oneDecimalMark !== true && numbers[other] > numbers[own] && clear[other] > 0 ? other : own;
}

/** That columns have another mark than the file. */
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

/** Why a column that a person would take for numbers was taken as text, and what to do. */
export async function takenAsTextWarning(
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
        ? `${values} have ${nameOf(other)}, and the file is said to have ${nameOf(own)}. Change that, or the file`
        : `${values} seem to have marks between thousands, and it is not clear which mark begins the decimals. Write numbers without marks between thousands${own === '.' && numbers[','] > numbers['.'] ? ', or say that the file has decimal commas' : ''}`;
  return { column: name, message: `Column "${name}" was taken as text: ${why}.` };
}
