import { basename, resolve } from 'node:path';
import { firstOnes } from '../base/lists.ts';
import type { DataSource, Dialect } from '../contract/configuration.ts';
import { cancelled, OrthantError } from '../contract/errors.ts';
import { fileFormats, type FileFormatId } from '../contract/fileFormats.ts';
import type { Inspection, RejectedRow } from '../contract/table.ts';
import { closeDatabase, withSession, type Session } from './database.ts';
import { fileFacts, type FileFacts } from './fileFormat.ts';
import { readers, recogniseFile } from './readers.ts';
import { sampleFile, type SampleFile } from './samples.ts';
import { settleTypes, type SettledColumn, type SettledTable, type WantedTypes } from './types.ts';

/** What decides how a file is read. */
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
 * An open table. In SQL its columns are `c0`, `c1`, ...: DOUBLE, finite or NULL, where the type is number; VARCHAR,
 * not empty, or NULL elsewhere. `rowid` is the row's number from 0.
 */
export interface Table extends SettledTable {
  /** Name in SQL. */
  readonly sql: string;
  /** For a person: the path, or "sample ink". */
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
/** Tables kept open that nobody is looking at, and for how long. */
const idleTables = 3;
const idleMilliseconds = 5 * 60_000;
let numbers = 0;
let sweeper: NodeJS.Timeout | undefined;

/**
 * Lends `work` an open table. A file is read once: as long as it does not change, later calls with the same request
 * find it open.
 *
 * @param wanted - columns whose type the person has settled
 * @throws OrthantError where the file cannot be read, or has rows that cannot and `skipBadRows` is off
 */
export async function withTable<Result>(
  request: TableRequest,
  work: (table: Table, session: Session) => Promise<Result>,
  options: { signal?: AbortSignal | undefined; wanted?: WantedTypes } = {},
): Promise<Result> {
  const { signal, wanted = noWishes } = options;
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
        // Another caller opened it and gave up; this one did not.
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

const noWishes: WantedTypes = { text: new Set(), number: new Set() };

/** Drops every table that nobody is looking at, and frees their memory. */
export const closeTables = (): Promise<void> => dropIdle(0, Infinity);

/** Drops the tables nobody is looking at but the `keep` last used ones, and of those the ones not used since `since`. */
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

/** Looks for tables unused for long, as long as any is open; never keeps the process alive. */
function sweepLater(): void {
  sweeper ??= setInterval(() => {
    if (cache.size === 0) {
      clearInterval(sweeper);
      sweeper = undefined;
    }
    // What cannot be dropped now is memory that is freed with the database.
    dropIdle(idleTables, Date.now() - idleMilliseconds).catch(() => undefined);
  }, idleMilliseconds / 5).unref();
}

async function locateSource(source: DataSource): Promise<SampleFile & { readonly source: string }> {
  if (source.kind === 'sample') return { ...(await sampleFile(source.id)), source: `sample ${source.id}` };
  const path = resolve(source.path);
  // Messages about what is in a file name the file; where it lies is said where it cannot be opened.
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
    // Leaving the bad rows out would not help.
    if (settled.rows === 0) throw noneLeft(place.source, file.format, settled);
    if (settled.rejectedRows > 0 && request.skipBadRows !== true) throw refused(place.source, file.format, settled);
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
    // In a session of its own: that of a cancelled call takes no more queries.
    const drop = `DROP TABLE IF EXISTS ${table}; DROP TABLE IF EXISTS ${table}_settled`;
    await withSession((session) => session.run(drop)).catch(() => undefined);
    throw error;
  });
}

interface Rejections {
  readonly rows: number;
  readonly rejectedRows: number;
  readonly rejected: readonly RejectedRow[];
}

function refused(source: string, format: FileFormatId, { rows, rejectedRows, rejected }: Rejections): OrthantError {
  const many = rejectedRows === 1 ? '1 row' : `${rejectedRows} rows`;
  return new OrthantError(
    'data',
    `${many} of ${rows + rejectedRows} in ${source} cannot be used: ${describeFirst(format, rejectedRows, rejected)} ` +
      `Mend ${rejectedRows === 1 ? 'it' : 'them'}, or have such rows left out and counted.`,
    { field: 'skipBadRows' },
  );
}

const noneLeft = (source: string, format: FileFormatId, { rejectedRows, rejected }: Rejections): OrthantError =>
  new OrthantError(
    'data',
    `None of the ${rejectedRows} rows of ${source} can be used: ${describeFirst(format, rejectedRows, rejected)} Mend the file, or ignore the column if it is always the same one.`,
  );

function describeFirst(format: FileFormatId, count: number, rejected: readonly RejectedRow[]): string {
  const reasons = rejected.map(({ line, reason }) => `${fileFormats[format].place.toLowerCase()} ${line} ${reason}`);
  return `${firstOnes(reasons, { separator: '; ', of: count })}.`;
}
