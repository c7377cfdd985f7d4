import { createHash } from 'node:crypto';
import { DOUBLE, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import { OrthantError } from '../contract/errors.ts';
import type { RejectedRow } from '../contract/inspection.ts';
import { columnNames } from './columnNames.ts';
import { isUtf16 } from './fileFormat.ts';
import { jsonArrayElements, JsonShapeError, jsonLines, type JsonElement } from './json/elements.ts';
import { excerpt } from './excerpt.ts';
import type { Cell, Place, StoredColumn, RawTable, ReadRequest } from './rawTable.ts';
import { fileBytes, utf8Head, utf8Text } from './text/source.ts';

const keptRejected = 100;
const chunkRows = 2048;

/** Number of values of each kind in a column, over all rows. */
interface ValueCounts {
  numbers: number;
  texts: number;
  booleans: number;
  nested: number;
}

/**
 * Reads JSON: an array of objects, or one object per line. Keys become columns; a key that a row lacks is a missing
 * value. Reads the file twice, so that the columns are known before the first row is stored.
 *
 * @throws OrthantError if the file as a whole has another shape; single bad rows are in `rejected`
 */
export async function readJson(request: ReadRequest): Promise<RawTable> {
  const hash = createHash('sha256');
  const found = new Map<string, ValueCounts>();
  let rows = 0;
  const rejected: RejectedRow[] = [];
  let rejectedRows = 0;
  for await (const { row, line, text, problem } of parsedRows(request, hash)) {
    if (row === undefined) {
      rejectedRows++;
      if (rejected.length < keptRejected) rejected.push({ line, ...problem, ...excerpt(text) });
      continue;
    }
    rows++;
    for (const [key, value] of Object.entries(row)) countValue(found, key, value);
  }
  const { path } = request;
  if (rows === 0) {
    const [first] = rejected;
    throw new OrthantError(
      'data',
      first === undefined
        ? `${path} holds JSON without any row.`
        : `None of the ${rejectedRows} rows of ${path} can be read: line ${first.line} ${first.reason}. Orthant reads ` +
            'an array of objects, or one object per line, as pandas writes with to_json(orient="records").',
    );
  }
  const kept = [...found].filter(([, { nested }]) => nested === 0);
  if (kept.length === 0) {
    throw new OrthantError(
      'data',
      `${path} has no column of numbers or text: its rows hold only lists and objects. Orthant reads an array of ` +
        'objects, or one object per line, as pandas writes with to_json(orient="records").',
    );
  }
  const keys = kept.map(([key]) => key);
  const names = columnNames(keys, keys.length, path);
  const columns = kept.map(([, values], index) => columnOf(names[index] ?? '', values));
  await store(request, keys, columns);
  return {
    columns,
    rows,
    rejectedRows,
    rejected,
    locate: (wanted) => locate(request, keys, wanted),
    decimalComma: false,
    warnings: [...found]
      .filter(([, { nested }]) => nested > 0)
      .map(([key]) => ({ column: key, message: `Column "${key}" holds lists or objects; it was left out.` })),
    sha256: hash.digest('hex'),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;
type ParsedRow = {
  readonly line: number;
  readonly text: string;
} & (
  | { readonly row: JsonObject; readonly problem?: never }
  | { readonly row?: never; readonly problem: Pick<RejectedRow, 'reason' | 'advice'> }
);

async function* parsedRows(request: ReadRequest, hash?: ReturnType<typeof createHash>): AsyncGenerator<ParsedRow> {
  const { path, file, signal } = request;
  const encoding = isUtf16(file.head) === undefined ? 'utf-8' : 'utf-16';
  const bytes = fileBytes(path, file.compressed, { hash, signal });
  const text = utf8Text(bytes, encoding, file.head);
  const isArray = utf8Head(file.head, encoding).toString('utf8').trimStart().startsWith('[');
  try {
    for await (const element of isArray ? jsonArrayElements(text) : jsonLines(text)) yield parseRow(element);
  } catch (error) {
    if (!(error instanceof JsonShapeError)) throw error;
    throw new OrthantError('data', `${path} is not a complete JSON table: near line ${error.line} ${error.message}.`, {
      cause: error,
    });
  }
}

function parseRow({ line, text }: JsonElement): ParsedRow {
  const bad = (reason: string, advice: string): ParsedRow => ({ line, text, problem: { reason, advice } });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return bad(
      `is not valid JSON (${why.slice(0, 120)})`,
      'Write the row as one whole object, its names in double quotes, such as {"a": 1, "b": 2}.',
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad('is not a JSON object', 'Write the row as an object that names its values, such as {"a": 1, "b": 2}.');
  }
  return { row: value as JsonObject, line, text };
}

/** Positions of the wanted cells: reads the file again, up to the last of them. */
async function locate(request: ReadRequest, keys: readonly string[], wanted: readonly Cell[]): Promise<Place[]> {
  const places: Place[] = [];
  let at = 0;
  for await (const { row, line, text } of parsedRows(request)) {
    if (row === undefined) continue;
    const cell = wanted[places.length];
    if (cell === undefined) break;
    if (at++ === cell.row) places.push({ line, ...excerpt(text, valueRange(text, keys[cell.column] ?? '')) });
  }
  return places;
}

/** Position of a key's value in an object's text; undefined if the key is written with other escapes. */
function valueRange(text: string, key: string): [number, number] | undefined {
  const name = JSON.stringify(key);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const value = /\s*:\s*("(?:[^"\\]|\\.)*"|[^\s,}\]]+)/y;
    value.lastIndex = at + name.length;
    const found = value.exec(text)?.[1];
    if (found !== undefined) return [value.lastIndex - found.length, value.lastIndex];
  }
  return undefined;
}

function countValue(found: Map<string, ValueCounts>, key: string, value: unknown): void {
  let values = found.get(key);
  if (values === undefined) found.set(key, (values = { numbers: 0, texts: 0, booleans: 0, nested: 0 }));
  if (typeof value === 'number') values.numbers++;
  else if (typeof value === 'string') values.texts++;
  else if (typeof value === 'boolean') values.booleans++;
  else if (value !== null) values.nested++;
}

function columnOf(name: string, { numbers, texts, booleans }: ValueCounts): StoredColumn {
  if (texts === 0 && booleans === 0) return { name, stored: 'DOUBLE' };
  if (texts === 0 && numbers === 0) return { name, stored: 'VARCHAR', known: 'boolean' };
  return { name, stored: 'VARCHAR' };
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function store(request: ReadRequest, keys: readonly string[], columns: readonly StoredColumn[]): Promise<void> {
  const { session, table } = request;
  const list = columns.map(({ stored }, index) => `c${index} ${stored}`);
  await session.run(`CREATE OR REPLACE TABLE ${table} (${list.join(', ')})`);
  const appender = await session.connection.createAppender(table);
  const types = columns.map(({ stored }) => (stored === 'DOUBLE' ? DOUBLE : VARCHAR));
  let rows: JsonObject[] = [];
  const flush = (): void => {
    const chunk = DuckDBDataChunk.create(types, rows.length);
    for (const [index, key] of keys.entries()) {
      const text = columns[index]?.stored === 'VARCHAR';
      const values = rows.map((row) => (Object.hasOwn(row, key) ? row[key] : null));
      chunk.setColumnValues(
        index,
        values.map((value) => (value === null ? null : text ? asText(value) : Number(value))),
      );
    }
    appender.appendDataChunk(chunk);
    rows = [];
  };
  for await (const { row } of parsedRows(request)) {
    if (row === undefined) continue;
    rows.push(row);
    if (rows.length === chunkRows) flush();
  }
  if (rows.length > 0) flush();
  appender.closeSync();
}
