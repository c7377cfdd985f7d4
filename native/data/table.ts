import { basename, resolve } from 'node:path';
import { firstOnes } from '../base/lists.ts';
import type { DataSource, Dialect } from '../contract/configuration.ts';
import { cancelled, OrthantError } from '../contract/errors.ts';
import { fileFormats, type FileFormatId } from '../contract/fileFormats.ts';
import type { Inspection } from '../contract/inspection.ts';
import { closeDatabase, withSession, type Session } from './database.ts';
import { fileFacts, type FileFacts } from './fileFormat.ts';
import { readers, recogniseFile } from './readers.ts';
import { sampleFile, type SampleFile } from './samples.ts';
import { settleTypes, type SettledColumn, type SettledTable, type WantedTypes } from './types.ts';

/** A data source and how to read it. */
export interface TableRequest {
  readonly source: DataSource;
  readonly dialect?: Dialect;
  readonly skipBadRows?: boolean;
}

/** A column of an open table: `column` is its name in SQL. */
export interface TableColumn extends SettledColumn {
  readonly column: string;
}

/**
 * An open table. In SQL its columns are `c0`, `c1`, ...: a number column is DOUBLE, finite or NULL; any other column is
 * VARCHAR, not empty or NULL. `rowid` is the row's number from 0.
 */
export interface Table extends SettledTable {
  /** Name in SQL. */
  readonly sql: string;
  /** Name to show: the file's name, or "sample ink". */
  readonly source: string;
  readonly format: FileFormatId;
  readonly compressed: boolean;
  readonly bytes: number;
  readonly sha256: string;
  readonly columns: readonly TableColumn[];
  readonly dialect: Inspection['dialect'];
}

interface CachedTable {
  readonly table: Promise<Table>;
  users: number;
  lastUsed: number;
}

const cache = new Map<string, CachedTable>();
/** Number of unused tables that stay open, and for how long. */
const idleTables = 3;
const idleMilliseconds = 5 * 60_000;
let numbers = 0;
let sweeper: NodeJS.Timeout | undefined;

/**
 * Runs `work` with an open table. A file is read once: as long as it does not change, later calls with the same request
 * use the open table.
 *
 * @param wanted - columns whose type the settings determine
 * @throws OrthantError if the file cannot be read, or if it has bad rows and `skipBadRows` is off
 */
export async function withTable<Result>(
  request: TableRequest,
  work: (table: Table, session: Session) => Promise<Result>,
  options: { signal?: AbortSignal | undefined; wanted?: WantedTypes } = {},
): Promise<Result> {
  const { signal, wanted = noWantedTypes } = options;
  const place = await locateSource(request.source);
  const file = await fileFacts(place.path);
  const key = JSON.stringify([
    place.path,
    file.bytes,
    file.modified,
    request.dialect ?? {},
    request.skipBadRows ?? false,
    [...wanted.text].sort(),
    [...wanted.number].sort(),
  ]);
  for (;;) {
    const entry = cache.get(key) ?? { table: read(place, file, request, wanted, signal), users: 0, lastUsed: 0 };
    cache.set(key, entry);
    entry.users++;
    try {
      let table;
      try {
        table = await entry.table;
      } catch (error) {
        if (cache.get(key) === entry) cache.delete(key);
        // The caller that opened it cancelled; this caller did not, so try again.
        if (error instanceof OrthantError && error.code === 'cancelled' && signal?.aborted !== true) continue;
        throw error;
      }
      return await withSession((session) => work(table, session), signal);
    } finally {
      entry.users--;
      entry.lastUsed = Date.now();
      await dropIdle(idleTables, 0);
      sweepLater();
    }
  }
}

const noWantedTypes: WantedTypes = { text: new Set(), number: new Set() };

/** Drops every unused table and frees its memory. */
export const closeTables = (): Promise<void> => dropIdle(0, Infinity);

/** Drops unused tables: all except the `keep` most recently used ones, and those last used before `since`. */
async function dropIdle(keep: number, since: number): Promise<void> {
  const idle = [...cache].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => b.lastUsed - a.lastUsed);
  const dropped = idle.filter(([, { lastUsed }], index) => index >= keep || lastUsed < since);
  for (const [key] of dropped) cache.delete(key);
  for (const [, { table }] of dropped) {
    const { sql } = await table;
    await withSession((session) => session.run(`DROP TABLE IF EXISTS ${sql}`));
  }
  if (cache.size === 0) await closeDatabase();
}

/** Regularly drops tables that were not used for long, as long as any is open; never keeps the process alive. */
function sweepLater(): void {
  sweeper ??= setInterval(() => {
    if (cache.size === 0) {
      clearInterval(sweeper);
      sweeper = undefined;
    }
    // If this fails, the memory is freed when the database closes.
    dropIdle(idleTables, Date.now() - idleMilliseconds).catch(() => undefined);
  }, idleMilliseconds / 5).unref();
}

async function locateSource(source: DataSource): Promise<SampleFile & { readonly source: string }> {
  if (source.kind === 'sample') return { ...(await sampleFile(source.id)), source: `sample ${source.id}` };
  const path = resolve(source.path);
  // Messages about a file's content show only its name; errors of opening it show the whole path.
  return { path, divisors: {}, source: basename(path) };
}

function read(
  place: SampleFile & { readonly source: string },
  facts: FileFacts,
  request: TableRequest,
  wanted: WantedTypes,
  signal: AbortSignal | undefined,
): Promise<Table> {
  if (signal?.aborted === true) return Promise.reject(cancelled());
  const table = `table_${++numbers}`;
  return withSession(async (session) => {
    const file = await recogniseFile(place.path, facts);
    const raw = await readers[file.format].read(
      { session, path: place.path, file, dialect: request.dialect ?? {}, table, signal },
      place.divisors,
    );
    const settled = await settleTypes(session, table, raw, wanted);
    // `skipBadRows` would not help here, so the error must not suggest it.
    if (settled.rows === 0) throw noneLeft(place.source, { ...settled, format: file.format });
    if (settled.rejectedRows > 0 && request.skipBadRows !== true)
      throw refused(place.source, { ...settled, format: file.format });
    return {
      ...settled,
      sql: table,
      source: place.source,
      format: file.format,
      compressed: file.compressed,
      bytes: file.bytes,
      sha256: raw.sha256,
      columns: settled.columns.map((column, index) => ({ ...column, column: `c${index}` })),
      dialect: raw.dialect,
      warnings: [...raw.warnings, ...settled.warnings],
    };
  }, signal).catch(async (error: unknown) => {
    // In a new session, because the session of a cancelled call accepts no more queries.
    const drop = `DROP TABLE IF EXISTS ${table}; DROP TABLE IF EXISTS ${table}_settled`;
    await withSession((session) => session.run(drop)).catch(() => undefined);
    throw error;
  });
}

interface Rejections extends Pick<SettledTable, 'rows' | 'rejectedRows' | 'rejected'> {
  readonly format: FileFormatId;
}

function refused(source: string, rejections: Rejections): OrthantError {
  const { rows, rejectedRows } = rejections;
  const many = rejectedRows === 1 ? '1 row' : `${rejectedRows} rows`;
  return new OrthantError(
    'data',
    `${many} of ${rows + rejectedRows} in ${source} cannot be used: ${describeRejected(rejections)} ` +
      `Fix ${rejectedRows === 1 ? 'it' : 'them'}, or have such rows left out and counted.`,
    { field: 'skipBadRows' },
  );
}

const noneLeft = (source: string, rejections: Rejections): OrthantError =>
  new OrthantError(
    'data',
    `None of the ${rejections.rejectedRows} rows of ${source} can be used: ${describeRejected(rejections)} Fix the file, or ignore the column if it is always the same one.`,
  );

/** The first rows that could not be read, with their places and reasons, as one sentence. */
export function describeRejected({ format, rejectedRows, rejected }: Rejections): string {
  const reasons = rejected.map(({ line, reason }) => `${fileFormats[format].place.toLowerCase()} ${line} ${reason}`);
  return `${firstOnes(reasons, { separator: '; ', of: rejectedRows })}.`;
}
