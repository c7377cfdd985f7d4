import { DuckDBDoubleVector } from '@duckdb/node-api';
import { quoteText, type Session } from './database.ts';
import { numbersToTexts, type RawColumn, type RawColumns } from './encode.ts';
import type { Table, TableColumn } from './table.ts';

/** A column to read out of a table, as numbers or as text. */
export interface ColumnToRead {
  readonly column: TableColumn;
  readonly as: 'number' | 'text';
}

/** Up to this many distinct texts are transferred as numbers, which is ten times faster than as strings. */
const mostCodes = 5000;

/**
 * Reads columns of an open table. Numbers are float64, NaN if missing; booleans as numbers are 1 or 0; texts are
 * strings, null if missing.
 */
export async function readTableColumns(
  session: Session,
  table: Table,
  wanted: readonly ColumnToRead[],
): Promise<RawColumns> {
  const columns = new Map<string, RawColumn>();
  const streamed: {
    readonly name: string;
    readonly sql: string;
    readonly finish: (codes: Float64Array) => RawColumn;
  }[] = [];
  for (const { column, as } of wanted) {
    const { name, column: sql, type } = column;
    if (type === 'number') {
      streamed.push({ name, sql, finish: as === 'number' ? (numbers) => numbers : numbersToTexts });
    } else if (as === 'number') {
      streamed.push({ name, sql: truthValue(sql), finish: (numbers) => numbers });
    } else {
      const texts = await distinctTexts(session, table, column);
      if (texts === undefined) {
        columns.set(name, await readStrings(session, table, column));
      } else {
        const list = texts.map(quoteText).join(', ');
        const code = texts.length === 0 ? 'NULL' : `enum_code(${sql}::ENUM(${list}))`;
        streamed.push({ name, sql: code, finish: (codes) => Array.from(codes, (at) => texts[at] ?? null) });
      }
    }
  }
  if (streamed.length === 0) return columns;

  const values = streamed.map(() => new Float64Array(table.rows));
  const list = streamed.map(({ sql }) => `(${sql})::DOUBLE`);
  const result = await session.stream(`SELECT ${list.join(', ')} FROM ${table.sql}`);
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    const count = chunk?.rowCount ?? 0;
    if (chunk === null || count === 0) break;
    for (const [column, target] of values.entries()) {
      const vector = chunk.getColumnVector(column);
      if (!(vector instanceof DuckDBDoubleVector)) throw new Error('A DOUBLE column has a vector of doubles.');
      for (let index = 0; index < count; index++) target[row + index] = vector.getItem(index) ?? NaN;
    }
    row += count;
  }
  for (const [index, { name, finish }] of streamed.entries()) {
    columns.set(name, finish(values[index] ?? new Float64Array()));
  }
  return columns;
}

/** The distinct texts ordered by code point, or undefined if there are too many. */
async function distinctTexts(session: Session, table: Table, { column }: TableColumn): Promise<string[] | undefined> {
  const rows = await session.rows(
    `SELECT DISTINCT ${column} AS text FROM ${table.sql} WHERE ${column} IS NOT NULL ORDER BY text LIMIT ${mostCodes + 1}`,
  );
  return rows.length > mostCodes ? undefined : rows.map(([text]) => String(text));
}

async function readStrings(session: Session, table: Table, { column }: TableColumn): Promise<(string | null)[]> {
  const rows = await session.rows(`SELECT ${column} FROM ${table.sql}`);
  return rows.map(([text]) => (text === null || text === undefined ? null : String(text)));
}

const truthValue = (sql: string): string => `CASE lower(${sql}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`;
