import { open } from 'node:fs/promises';
import { OrthantError } from '../contract/errors.ts';
import { columnNames } from './columnNames.ts';
import { quoteName, quotePath } from './database.ts';
import { explainFileError } from './fileFormat.ts';
import { wholeTable, type RawTable, type ReadRequest, type StoredColumn } from './rawTable.ts';
import { withPlainFile } from './plainFile.ts';

/**
 * Reads a Parquet file. Numbers of any width become float64; columns of lists, structures and bytes are left out with
 * a warning.
 *
 * @throws OrthantError if the file is truncated, damaged or has no usable column
 */
export function readParquet(request: ReadRequest): Promise<RawTable> {
  return withPlainFile(request, async (plain, sha256) => {
    const { session, table, path } = request;
    await checkEnd(plain, path);
    let described;
    try {
      described = await session.rows(`DESCRIBE SELECT * FROM read_parquet(${quotePath(plain)})`);
    } catch (error) {
      throw damaged(error, path);
    }
    const all = described.map(([name, type]) => ({
      name: String(name),
      kind: kindOf(String(type)),
      type: String(type),
    }));
    const used = all.flatMap(({ name, kind }) => (kind === undefined ? [] : [{ name, kind }]));
    const names = columnNames(
      used.map(({ name }) => name),
      used.length,
      path,
    );
    if (used.length === 0) {
      throw new OrthantError('data', `${path} has no column of numbers, text, truth values or dates.`);
    }
    const list = used.map(
      ({ name, kind }, index) => `${quoteName(name)}::${kind === 'number' ? 'DOUBLE' : 'VARCHAR'} AS c${index}`,
    );
    try {
      await session.run(
        `CREATE OR REPLACE TABLE ${table} AS SELECT ${list.join(', ')} FROM read_parquet(${quotePath(plain)})`,
      );
    } catch (error) {
      throw damaged(error, path);
    }
    const [[rows] = []] = await session.rows(`SELECT count(*) FROM ${table}`);
    if (rows === 0) throw new OrthantError('data', `${path} has columns but no rows.`);
    const columns = used.map(({ kind }, index): StoredColumn => {
      const name = names[index] ?? '';
      if (kind === 'number') return { name, stored: 'DOUBLE' };
      return kind === 'text' ? { name, stored: 'VARCHAR' } : { name, stored: 'VARCHAR', known: kind };
    });
    return wholeTable({
      columns,
      rows: Number(rows),
      warnings: all
        .filter(({ kind }) => kind === undefined)
        .map(({ name, type }) => ({
          column: name,
          message: `Column "${name}" holds values of type ${type}, which are neither numbers nor text; it was left out.`,
        })),
      sha256: await sha256,
    });
  });
}

/** Kind of a column by its DuckDB type; undefined for types that cannot be used. */
function kindOf(type: string): 'number' | 'text' | 'date' | 'boolean' | undefined {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM)$/.test(type)) return 'number';
  if (/^(DATE|TIME|TIMESTAMP)/.test(type)) return 'date';
  if (type === 'BOOLEAN') return 'boolean';
  if (/^(VARCHAR|UUID|ENUM\(.*\))$/.test(type)) return 'text';
  return undefined;
}

/** A Parquet file begins and ends with the same four bytes. */
async function checkEnd(plain: string, path: string): Promise<void> {
  try {
    const file = await open(plain);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4));
      if (size >= 12 && buffer.toString('latin1') === 'PAR1') return;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainFileError(error, path);
  }
  throw new OrthantError(
    'data',
    `${path} begins like a Parquet file but does not end like one: it was not saved or downloaded completely. Get it again.`,
  );
}

function damaged(error: unknown, path: string): unknown {
  if (error instanceof OrthantError) return error;
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return new OrthantError('data', `${path} is a damaged Parquet file: ${reason}. Get it again.`, { cause: error });
}
