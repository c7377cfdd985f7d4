import type { ColumnSummary, RejectedRow } from '../contract/inspection.ts';
import { aggregate, quoteText, type Session } from './database.ts';
import type { DecimalMark } from './decimalMark.ts';
import { excerpt, type Excerpt } from './excerpt.ts';
import type { StoredColumn } from './rawTable.ts';

/** Finds the cells that do not fit their column, each with the problem and how to fix it. */

export const keptRows = 100;

/** A column's planned type, and the SQL that converts and checks its cells. */
export interface PlannedColumn {
  readonly name: string;
  readonly type: ColumnSummary['type'];
  readonly column: string;
  readonly stored: StoredColumn['stored'];
  /** SQL expression of the converted value. */
  readonly value: string;
  /** Decimal mark of the numbers, if they are stored as text. */
  readonly mark: DecimalMark;
  /** SQL condition, never NULL: the cell is bad. Undefined if no cell of the column can be bad. */
  readonly bad: string | undefined;
  /** A cheap SQL aggregate that is true only if no cell is bad. */
  readonly clean?: string;
}

export interface BadCell extends Excerpt, Pick<RejectedRow, 'reason' | 'advice'> {
  readonly row: number;
  readonly column: string;
  /** Index of the column. */
  readonly index: number;
}

export interface BadCells {
  readonly rows: number;
  readonly condition: string;
  /** The first bad cells, at most one per row. */
  readonly first: readonly BadCell[];
}

/** Number of columns shown on each side of a bad cell. */
const neighbours = 4;

/** Finds the bad cells of a table whose columns are planned. */
export async function badCells(session: Session, table: string, columns: readonly PlannedColumn[]): Promise<BadCells> {
  const suspects = await notClean(
    session,
    table,
    columns.filter((column) => column.bad !== undefined),
  );
  if (suspects.length === 0) return { rows: 0, condition: 'false', first: [] };
  const counts = await aggregate(
    session,
    table,
    suspects.map(({ bad }) => `count(*) FILTER (${bad ?? 'false'})`),
  );
  const affected = suspects.filter((_, at) => Number(counts[at]) > 0);
  if (affected.length === 0) return { rows: 0, condition: 'false', first: [] };
  const condition = affected.map(({ bad }) => bad).join(' OR ');
  const [[rows] = []] = await session.rows(`SELECT count(*) FROM ${table} WHERE ${condition}`);
  const first = new Map<number, BadCell>();
  for (const affectedColumn of affected) {
    const { name, bad, mark } = affectedColumn;
    const index = columns.indexOf(affectedColumn);
    const from = Math.max(0, index - neighbours);
    const list = columns.slice(from, index + neighbours + 1).map(({ column }) => `${column}::VARCHAR`);
    const rowsFound = await session.rows(
      `SELECT rowid, ${list.join(', ')} FROM ${table} WHERE ${bad ?? 'false'} ORDER BY rowid LIMIT ${keptRows}`,
    );
    for (const [row, ...cells] of rowsFound) {
      if (first.has(Number(row))) continue;
      const texts = cells.map((cell) => (cell === null ? '' : String(cell)));
      const text = texts[index - from] ?? '';
      const start = texts.slice(0, index - from).reduce((length, before) => length + before.length + 2, 0);
      first.set(Number(row), {
        row: Number(row),
        column: name,
        index,
        ...explainBadCell(text, name, mark),
        ...excerpt(texts.join(', '), [start, start + text.length]),
      });
    }
  }
  const ordered = [...first.values()].sort((a, b) => a.row - b.row).slice(0, keptRows);
  return { rows: Number(rows), condition, first: ordered };
}

/** Columns that the cheap check could not prove clean. */
async function notClean(session: Session, table: string, columns: readonly PlannedColumn[]): Promise<PlannedColumn[]> {
  const known = columns.flatMap(({ column, clean }) => (clean === undefined ? [] : [{ column, clean }]));
  const answers = await aggregate(
    session,
    table,
    known.map(({ clean }) => clean),
  );
  const clean = new Set(known.filter((_, at) => answers[at] === true).map(({ column }) => column));
  return columns.filter(({ column }) => !clean.has(column));
}

function explainBadCell(text: string, name: string, mark: DecimalMark): Pick<RejectedRow, 'reason' | 'advice'> {
  const short = text.trim().length > 40 ? `${text.trim().slice(0, 40)}...` : text.trim();
  const replace = 'Replace it with a number, or leave it empty if the file format allows missing values.';
  if (/^[+-]?nan$/i.test(short))
    return { reason: `has NaN in column "${name}" (a missing value is an empty cell)`, advice: replace };
  if (/^[+-]?(inf|infinity)$/i.test(short))
    return { reason: `has an infinite value in column "${name}"`, advice: replace };
  if (/^[+-]?[\d.,eE+-]+$/.test(short)) {
    const [own, other] = mark === '.' ? ['a decimal point', ','] : ['a decimal comma', '.'];
    if (new RegExp(`^[+-]?\\d+[${other}]\\d+$`).test(short))
      return {
        reason: `has "${short}" in column "${name}", whose other numbers have ${own}`,
        advice: `Write ${own}${mark === '.' ? ', or set decimal commas for the whole file' : ', without thousands separators'}.`,
      };
    return {
      reason: `has "${short}" in column "${name}", which is not a finite number`,
      advice: `Write it as one plain number, such as 1234${mark}5, without thousands separators.`,
    };
  }
  return {
    reason: `has the text ${quoteText(short).replaceAll("'", '"')} in the number column "${name}"`,
    advice: 'Write a number, or leave the cell empty if the value is missing.',
  };
}
