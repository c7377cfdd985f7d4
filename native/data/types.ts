import type { ColumnSummary, RejectedRow, Warning } from '../contract/inspection.ts';
import { badCells, keptRows, type PlannedColumn } from './badCells.ts';
import { aggregate, type Session } from './database.ts';
import {
  asNumber,
  countsOf,
  fileMark,
  markAggregates,
  markOf,
  otherMarkWarning,
  readAsTextWarning,
  type DecimalMark,
  type MarkCounts,
} from './decimalMark.ts';
import type { StoredColumn, RawTable } from './rawTable.ts';

/**
 * Decides the type of each column. A text column that is numeric in nearly all rows is a number column; rows with other
 * cells in it are bad rows, as are rows with a number that is not finite.
 */

export type ColumnType = ColumnSummary['type'];

export interface SettledColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface SettledTable {
  readonly columns: readonly SettledColumn[];
  readonly rows: number;
  readonly rejectedRows: number;
  /** The first rejected rows, in the file's order. */
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly Warning[];
}

/** Columns whose type the settings determine, because they ask for categories or make them targets. */
export interface WantedTypes {
  readonly text: ReadonlySet<string>;
  readonly number: ReadonlySet<string>;
}

/**
 * Converts the raw table: number columns become DOUBLE, finite or missing; other columns become VARCHAR, trimmed and
 * never empty. Rows that do not fit are removed and reported.
 *
 * @param table - the name of the raw table, and of the converted one afterwards
 */
export async function settleTypes(
  session: Session,
  table: string,
  raw: RawTable,
  wanted: WantedTypes,
): Promise<SettledTable> {
  const found = await findTypes(session, table, raw, wanted);
  const columns = raw.columns.map((column, index) =>
    plan(column, index, found[index] ?? { type: 'category', mark: '.' }),
  );
  const warnings = await markWarnings(session, table, raw, found);
  const bad = await badCells(session, table, columns);
  const changed = columns.some(({ stored, type }) => stored === 'VARCHAR' && type === 'number');
  if (bad.rows > 0 || changed) {
    const list = columns.map(({ value, column }) => `${value} AS ${column}`).join(', ');
    const filter = bad.rows > 0 ? ` WHERE NOT (${bad.condition})` : '';
    await session.run(
      `CREATE OR REPLACE TABLE ${table}_settled AS SELECT ${list} FROM ${table}${filter}; ` +
        `DROP TABLE ${table}; ALTER TABLE ${table}_settled RENAME TO ${table}`,
    );
  }
  const places = await raw.locate(bad.first.map(({ row, index }) => ({ row, column: index })));
  const rejected = bad.first.map(({ column, reason, advice, text, mark }, index): RejectedRow => ({
    column,
    reason,
    advice,
    ...(places[index]?.text === undefined ? { text, mark } : {}),
    line: 0,
    ...places[index],
  }));
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: raw.rows - bad.rows,
    rejectedRows: raw.rejectedRows + bad.rows,
    rejected: [...raw.rejected, ...rejected].sort((a, b) => a.line - b.line).slice(0, keptRows),
    warnings,
  };
}

/** Whether text cells among numbers are mistakes: few, and fewer than the numbers. */
const isNumberColumn = (present: number, numeric: number): boolean =>
  numeric > present - numeric && present - numeric <= Math.max(2, 0.1 * present);

const trimmed = (column: string): string => `nullif(trim(${column}), '')`;

interface FoundType {
  readonly type: ColumnType;
  /** Decimal mark of the numbers, if they are stored as text. */
  readonly mark: DecimalMark;
  /** Present for a column whose type was found from its text. */
  readonly counts?: TextCounts;
}

async function findTypes(session: Session, table: string, raw: RawTable, wanted: WantedTypes): Promise<FoundType[]> {
  const mark = fileMark(raw);
  const types = raw.columns.map(({ name, stored, known }): ColumnType | undefined => {
    if (stored === 'DOUBLE') return 'number';
    // The type is known, but the decimal mark has still to be found.
    if (wanted.number.has(name)) return undefined;
    return known ?? (wanted.text.has(name) ? 'category' : undefined);
  });
  const open = types.flatMap((type, index) => (type === undefined ? [index] : []));
  if (open.length === 0) return types.map((type) => ({ type: type ?? 'category', mark }));
  // Check the first rows, so that columns that cannot be numbers are not cast as a whole.
  const first = await textCounts(session, `(SELECT * FROM ${table} LIMIT 2000)`, open);
  const likely = open.filter((index, at) => {
    const count = first[at];
    if (wanted.number.has(raw.columns[index]?.name ?? '')) return true;
    return count === undefined || count.present === 0 || count.alike * 2 >= count.present;
  });
  const plain = await allNumbers(session, table, likely, mark);
  const doubtful = likely.filter((index) => !plain.has(index));
  const whole = new Map((await textCounts(session, table, doubtful)).map((count, at) => [doubtful[at], count]));
  const settled: FoundType[] = [];
  for (const [index, type] of types.entries()) {
    if (type !== undefined || plain.has(index)) {
      settled.push({ type: type ?? 'number', mark });
      continue;
    }
    const counts = whole.get(index);
    const own = counts === undefined ? mark : markOf(counts, raw);
    if (wanted.number.has(raw.columns[index]?.name ?? '')) settled.push({ type: 'number', mark: own });
    else if (counts !== undefined && isNumberColumn(counts.present, counts.numbers[own]))
      settled.push({ type: 'number', mark: own });
    else {
      const sample = first[open.indexOf(index)] ?? noText;
      const other = await otherType(session, table, index, sample);
      settled.push({ type: other, mark, ...(counts === undefined ? {} : { counts }) });
    }
  }
  return settled;
}

/** Columns with only numbers in the file's decimal mark, or empty cells. A cheap check that decides most columns. */
async function allNumbers(
  session: Session,
  table: string,
  columns: readonly number[],
  mark: DecimalMark,
): Promise<Set<number>> {
  if (columns.length === 0) return new Set();
  const list = columns.flatMap((index) => [`count(${trimmed(`c${index}`)})`, `count(${asNumber(`c${index}`, mark)})`]);
  const counts = await aggregate(session, table, list);
  return new Set(columns.filter((_, at) => counts[2 * at] === counts[2 * at + 1]));
}

/** Type of a text column without numbers: the first rows suggest it, all rows must confirm it. */
async function otherType(session: Session, table: string, index: number, sample: TextCounts): Promise<ColumnType> {
  if (sample.present > 0 && sample.booleans === sample.present)
    return (await allOf(session, table, isBoolean(`c${index}`), index)) ? 'boolean' : 'category';
  if (sample.present > 0 && sample.dates === sample.present)
    return (await allOf(session, table, isDate(`c${index}`), index)) ? 'date' : 'category';
  return 'category';
}

/** Warnings about how numbers are written. */
async function markWarnings(
  session: Session,
  table: string,
  raw: RawTable,
  found: readonly FoundType[],
): Promise<Warning[]> {
  const mark = fileMark(raw);
  const others = raw.columns.filter((_, index) => found[index]?.type === 'number' && found[index].mark !== mark);
  const warnings = otherMarkWarning(
    others.map(({ name }) => name),
    raw,
  );
  for (const [index, { name }] of raw.columns.entries()) {
    const { type, counts } = found[index] ?? {};
    if (type !== 'category' || counts === undefined || !isNumberColumn(counts.present, counts.alike)) continue;
    warnings.push(await readAsTextWarning(session, table, { name, column: `c${index}`, counts }, raw));
  }
  return warnings;
}

interface TextCounts extends MarkCounts {
  readonly present: number;
  readonly booleans: number;
  readonly dates: number;
}
const noText: TextCounts = { present: 0, booleans: 0, dates: 0, ...countsOf([]) };

const isBoolean = (column: string): string => `lower(trim(${column})) IN ('true', 'false')`;
const isDate = (column: string): string => `TRY_CAST(trim(${column}) AS TIMESTAMP) IS NOT NULL`;

async function textCounts(session: Session, from: string, columns: readonly number[]): Promise<TextCounts[]> {
  if (columns.length === 0) return [];
  const list = columns.flatMap((index) => {
    const column = `c${index}`;
    return [
      `count(${trimmed(column)})`,
      `count(*) FILTER (${isBoolean(column)})`,
      // Dates are searched in the first rows only; a whole column is cast only if these are dates.
      from.startsWith('(') ? `count(*) FILTER (${isDate(column)})` : '0',
      ...markAggregates(column),
    ];
  });
  const counts = await aggregate(session, from, list);
  const width = list.length / columns.length;
  return columns.map((_, at) => {
    const [present = 0, booleans = 0, dates = 0, ...marks] = counts.slice(width * at, width * (at + 1)).map(Number);
    return { present, booleans, dates, ...countsOf(marks) };
  });
}

async function allOf(session: Session, table: string, condition: string, index: number): Promise<boolean> {
  const [[others] = []] = await session.rows(
    `SELECT count(*) FROM ${table} WHERE ${trimmed(`c${index}`)} IS NOT NULL AND NOT (${condition})`,
  );
  return others === 0;
}

function plan(raw: StoredColumn, index: number, { type, mark }: FoundType): PlannedColumn {
  const column = `c${index}`;
  const base = { name: raw.name, type, column, stored: raw.stored, mark };
  if (raw.stored === 'DOUBLE') {
    // A finite sum has finite terms only. An infinite sum may be an overflow, so the cells are checked then.
    const clean = `isfinite(sum(${column}))`;
    return { ...base, value: column, bad: `coalesce(NOT isfinite(${column}), false)`, clean };
  }
  if (type !== 'number') return { ...base, value: trimmed(column), bad: undefined };
  const value = asNumber(column, mark);
  return {
    ...base,
    value,
    bad: `(${trimmed(column)} IS NOT NULL AND NOT coalesce(isfinite(${value}), false))`,
  };
}
