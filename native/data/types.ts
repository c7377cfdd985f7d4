import type { ColumnSummary, RejectedRow } from '../contract/table.ts';
import { aggregate, quoteText, type Session } from './database.ts';
import { excerpt, type Excerpt } from './excerpt.ts';
import type { RawColumn, RawTable } from './rawTable.ts';

/**
 * Settles what each column is. A text column that is numeric in nearly all rows is a number column, and its other
 * cells make bad rows; so does a number that is not finite.
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
  /** The first ones, in the file's order. */
  readonly rejected: readonly RejectedRow[];
}

/** Columns whose type the person has settled: by asking for categories, or by making them targets. */
export interface WantedTypes {
  readonly text: ReadonlySet<string>;
  readonly number: ReadonlySet<string>;
}

const keptRows = 100;

/**
 * Turns the raw table into one whose number columns are DOUBLE and finite or missing, and whose other columns are
 * VARCHAR, trimmed, never empty. Rows that do not fit are taken out and reported.
 *
 * @param table - the name of the raw table, and of the settled one afterwards
 */
export async function settleTypes(
  session: Session,
  table: string,
  raw: RawTable,
  wanted: WantedTypes,
): Promise<SettledTable> {
  const types = await columnTypes(session, table, raw, wanted);
  const columns = raw.columns.map((column, index) => plan(column, index, types[index] ?? 'category', raw.decimalComma));
  const bad = await badCells(session, table, columns, raw.decimalComma);
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
  const found = bad.first.map(({ column, reason, advice, text, mark }, index): RejectedRow => ({
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
    rejected: [...raw.rejected, ...found].sort((a, b) => a.line - b.line).slice(0, keptRows),
  };
}

/** Whether text cells among numbers are mistakes: few, and fewer than the numbers. */
export const isNumberColumn = (present: number, numeric: number): boolean =>
  numeric > present - numeric && present - numeric <= Math.max(2, 0.1 * present);

const trimmed = (column: string): string => `nullif(trim(${column}), '')`;

const asNumber = (column: string, decimalComma: boolean): string =>
  `TRY_CAST(${decimalComma ? `replace(trim(${column}), ',', '.')` : `trim(${column})`} AS DOUBLE)`;

async function columnTypes(session: Session, table: string, raw: RawTable, wanted: WantedTypes): Promise<ColumnType[]> {
  const types = raw.columns.map((column): ColumnType | undefined => {
    if (wanted.number.has(column.name)) return 'number';
    if (column.stored === 'DOUBLE') return 'number';
    return column.known ?? (wanted.text.has(column.name) ? 'category' : undefined);
  });
  const open = types.flatMap((type, index) => (type === undefined ? [index] : []));
  if (open.length === 0) return types.map((type) => type ?? 'category');
  // A look at the first rows spares the whole table from casts that cannot succeed.
  const first = await textCounts(session, `(SELECT * FROM ${table} LIMIT 2000)`, open, raw.decimalComma);
  const likely = open.filter((_, at) => {
    const count = first[at];
    return count === undefined || count.present === 0 || count.numbers * 2 >= count.present;
  });
  const numbers = new Map(
    (await textCounts(session, table, likely, raw.decimalComma)).map((count, at) => [likely[at], count]),
  );
  const settled: ColumnType[] = [];
  for (const [index, type] of types.entries()) {
    if (type !== undefined) {
      settled.push(type);
      continue;
    }
    const sample = first[open.indexOf(index)] ?? noText;
    const whole = numbers.get(index);
    if (whole !== undefined && (whole.present === 0 || isNumberColumn(whole.present, whole.numbers))) {
      settled.push('number');
    } else if (sample.present > 0 && sample.booleans === sample.present) {
      settled.push((await allOf(session, table, isBoolean(`c${index}`), index)) ? 'boolean' : 'category');
    } else if (sample.present > 0 && sample.dates === sample.present) {
      settled.push((await allOf(session, table, isDate(`c${index}`), index)) ? 'date' : 'category');
    } else {
      settled.push('category');
    }
  }
  return settled;
}

interface TextCounts {
  readonly present: number;
  readonly numbers: number;
  readonly booleans: number;
  readonly dates: number;
}
const noText: TextCounts = { present: 0, numbers: 0, booleans: 0, dates: 0 };

const isBoolean = (column: string): string => `lower(trim(${column})) IN ('true', 'false')`;
const isDate = (column: string): string => `TRY_CAST(trim(${column}) AS TIMESTAMP) IS NOT NULL`;

async function textCounts(
  session: Session,
  from: string,
  columns: readonly number[],
  decimalComma: boolean,
): Promise<TextCounts[]> {
  if (columns.length === 0) return [];
  const list = columns.flatMap((index) => {
    const column = `c${index}`;
    return [
      `count(${trimmed(column)})`,
      `count(${asNumber(column, decimalComma)})`,
      `count(*) FILTER (${isBoolean(column)})`,
      // Dates are looked for in the first rows only; casting a whole column is left to where they are found.
      from.startsWith('(') ? `count(*) FILTER (${isDate(column)})` : '0',
    ];
  });
  const counts = await aggregate(session, from, list);
  return columns.map((_, at) => {
    const [present = 0, numbers = 0, booleans = 0, dates = 0] = counts.slice(4 * at, 4 * at + 4).map(Number);
    return { present, numbers, booleans, dates };
  });
}

async function allOf(session: Session, table: string, condition: string, index: number): Promise<boolean> {
  const [[others] = []] = await session.rows(
    `SELECT count(*) FROM ${table} WHERE ${trimmed(`c${index}`)} IS NOT NULL AND NOT (${condition})`,
  );
  return others === 0;
}

interface PlannedColumn extends SettledColumn {
  readonly column: string;
  readonly stored: RawColumn['stored'];
  /** The settled value in SQL. */
  readonly value: string;
  /** Whether a cell is bad, in SQL, where any can be; never NULL. */
  readonly bad: string | undefined;
}

function plan(raw: RawColumn, index: number, type: ColumnType, decimalComma: boolean): PlannedColumn {
  const column = `c${index}`;
  const base = { name: raw.name, type, column, stored: raw.stored };
  if (raw.stored === 'DOUBLE') return { ...base, value: column, bad: `coalesce(NOT isfinite(${column}), false)` };
  if (type !== 'number') return { ...base, value: trimmed(column), bad: undefined };
  const value = asNumber(column, decimalComma);
  return {
    ...base,
    value,
    bad: `(${trimmed(column)} IS NOT NULL AND NOT coalesce(isfinite(${value}), false))`,
  };
}

interface BadCell extends Excerpt, Pick<RejectedRow, 'reason' | 'advice'> {
  readonly row: number;
  readonly column: string;
  /** Of the column. */
  readonly index: number;
}

interface BadCells {
  readonly rows: number;
  readonly condition: string;
  /** One a row. */
  readonly first: readonly BadCell[];
}

/** Columns to each side of a bad cell that are shown with it. */
const neighbours = 4;

async function badCells(
  session: Session,
  table: string,
  columns: readonly PlannedColumn[],
  decimalComma: boolean,
): Promise<BadCells> {
  const suspects = columns.filter((column) => column.bad !== undefined);
  if (suspects.length === 0) return { rows: 0, condition: 'false', first: [] };
  const counts = await aggregate(
    session,
    table,
    suspects.map(({ bad }) => `count(*) FILTER (${bad ?? 'false'})`),
  );
  const guilty = suspects.filter((_, at) => Number(counts[at]) > 0);
  if (guilty.length === 0) return { rows: 0, condition: 'false', first: [] };
  const condition = guilty.map(({ bad }) => bad).join(' OR ');
  const [[rows] = []] = await session.rows(`SELECT count(*) FROM ${table} WHERE ${condition}`);
  const first = new Map<number, BadCell>();
  for (const guiltyColumn of guilty) {
    const { name, bad } = guiltyColumn;
    const index = columns.indexOf(guiltyColumn);
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
        ...whatIsWrong(text, name, decimalComma),
        ...excerpt(texts.join(', '), [start, start + text.length]),
      });
    }
  }
  const ordered = [...first.values()].sort((a, b) => a.row - b.row).slice(0, keptRows);
  return { rows: Number(rows), condition, first: ordered };
}

function whatIsWrong(text: string, name: string, decimalComma: boolean): Pick<RejectedRow, 'reason' | 'advice'> {
  const short = text.trim().length > 40 ? `${text.trim().slice(0, 40)}...` : text.trim();
  const replace = 'Replace it by a number, or leave it empty where the file can hold a missing value.';
  if (/^[+-]?nan$/i.test(short))
    return { reason: `has NaN in column "${name}" (a missing value is an empty cell)`, advice: replace };
  if (/^[+-]?(inf|infinity)$/i.test(short))
    return { reason: `has an infinite value in column "${name}"`, advice: replace };
  if (/^[+-]?[\d.,eE+-]+$/.test(short)) {
    const point = decimalComma ? ',' : '.';
    return {
      reason: `has "${short}" in column "${name}", which is no finite number`,
      advice:
        !decimalComma && /^[+-]?\d+,\d+$/.test(short)
          ? 'Write a decimal point, or say that the whole file has decimal commas.'
          : `Write it as one plain number, such as 1234${point}5, without separators between thousands.`,
    };
  }
  return {
    reason: `has the text ${quoteText(short).replaceAll("'", '"')} in the number column "${name}"`,
    advice: 'Write a number there, or leave the cell empty where there is none.',
  };
}
