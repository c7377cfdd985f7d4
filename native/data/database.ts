import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBResult } from '@duckdb/node-api';
import { cancelled, OrthantError } from '../contract/errors.ts';

/**
 * The only in-memory DuckDB of this process. It spills to a temporary folder when its share of the memory is used up,
 * loads no extension and is closed when its last table is dropped.
 */

interface Opened {
  readonly database: Promise<DuckDBInstance>;
  readonly spill: string;
  /** Number of open sessions, including those that still wait for the database to open. */
  sessions: number;
  /** Whether the database closes when its last session ends. */
  dismissed: boolean;
}

let opened: Opened | undefined;

const removeSpill = ({ spill }: Opened): void => {
  try {
    rmSync(spill, { recursive: true, force: true });
  } catch {
    // The system clears the temporary folder; a leftover must not make a successful call fail.
  }
};

/** Databases to clean up when the process ends, including dismissed ones that are still in use. */
const spilling = new Set<Opened>();
process.once('exit', () => {
  spilling.forEach(removeSpill);
});

function open(): Opened {
  if (opened !== undefined) return opened;
  const spill = mkdtempSync(join(tmpdir(), 'orthant-tables-'));
  const database = DuckDBInstance.create(':memory:', {
    threads: String(Math.max(1, Math.min(8, availableParallelism()))),
    memory_limit: `${Math.max(256, Math.floor((totalmem() / 2 ** 20) * 0.4))}MiB`,
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const own: Opened = { database, spill, sessions: 0, dismissed: false };
  opened = own;
  spilling.add(own);
  database.catch(() => {
    // Forget a database that failed to open, so that later sessions can try again.
    if (opened === own) void closeDatabase();
  });
  return own;
}

/** Frees all memory of the database as soon as no session is open; the next session opens a new, empty database. */
export async function closeDatabase(): Promise<void> {
  if (opened === undefined) return;
  // Clear the reference first, so that no new session can use the database while it closes.
  const closing = opened;
  opened = undefined;
  closing.dismissed = true;
  if (closing.sessions === 0) await close(closing);
}

async function close(closing: Opened): Promise<void> {
  // A failed open was already reported to the caller.
  const database = await closing.database.catch(() => undefined);
  database?.closeSync();
  spilling.delete(closing);
  // After the database is closed, because Windows cannot remove an open file.
  removeSpill(closing);
}

/** A value of a result row. */
export type SqlValue = number | string | boolean | null;

/** One connection with its own temporary tables; an aborted signal interrupts its query. */
export interface Session {
  /** Runs statements whose result does not matter. */
  run(sql: string): Promise<void>;
  /** Runs a query with a small result; 64-bit integers are returned as numbers. */
  rows(sql: string): Promise<SqlValue[][]>;
  /** Runs a query with a large result, chunk by chunk. */
  stream(sql: string): Promise<DuckDBResult>;
  /** Needed to create appenders. */
  readonly connection: DuckDBConnection;
}

/**
 * Runs `work` with a connection that is closed afterwards.
 *
 * @throws OrthantError `cancelled` when `signal` aborts; what `work` throws otherwise
 */
export async function withSession<Result>(
  work: (session: Session) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  if (isAborted(signal)) throw cancelled();
  const used = open();
  used.sessions++;
  try {
    const connection = await (await used.database).connect();
    return await workOn(connection, work, signal);
  } finally {
    used.sessions--;
    if (used.dismissed && used.sessions === 0) await close(used);
  }
}

async function workOn<Result>(
  connection: DuckDBConnection,
  work: (session: Session) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const interrupt = (): void => {
    connection.interrupt();
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  const guard = async <Value>(query: () => Promise<Value>): Promise<Value> => {
    if (isAborted(signal)) throw cancelled();
    try {
      return await query();
    } catch (error) {
      throw isAborted(signal) ? cancelled() : translateError(error);
    }
  };
  try {
    return await work({
      connection,
      run: (sql) =>
        guard(async () => {
          await connection.run(sql);
        }),
      rows: (sql) =>
        guard(async () => {
          const reader = await connection.runAndReadAll(sql);
          return reader.getRowsJS().map((row) => row.map(plainValue));
        }),
      stream: (sql) => guard(() => connection.stream(sql)),
    });
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
  }
}

// A function, because TypeScript assumes that a property does not change over an await.
const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

function plainValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

/** Explains errors of the machine. Errors of the file are explained by the file's reader. */
function translateError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (/^Out of Memory Error|could not allocate|failed to (pin|allocate)/i.test(message)) {
    return new OrthantError(
      'data',
      'There is not enough memory for this table, even with parts of it on disk. Close other programs, free space in ' +
        'the temporary folder, or keep fewer rows and columns in the file.',
      { cause: error },
    );
  }
  return error;
}

/** Time and memory of a query grow with the square of its aggregates: 2000 take 8 s and 1.5 GB, 100 take 20 ms. */
const aggregatesAtOnce = 100;

/** The values of many SQL aggregates over a whole table, in the order of `list`. */
export async function aggregate(session: Session, from: string, list: readonly string[]): Promise<SqlValue[]> {
  const values: SqlValue[] = [];
  for (let start = 0; start < list.length; start += aggregatesAtOnce) {
    const group = list.slice(start, start + aggregatesAtOnce);
    const [row = []] = await session.rows(`SELECT ${group.join(', ')} FROM ${from}`);
    values.push(...row);
  }
  return values;
}

/** Quotes a name for SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Quotes a text for SQL. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Quotes a path for DuckDB's file readers, which treat `*`, `?` and `[` as patterns unless escaped. */
export const quotePath = (path: string): string => quoteText(path.replace(/[*?[]/g, '[$&]'));
