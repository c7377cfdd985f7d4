import { readFile } from 'node:fs/promises';
import { DOUBLE, DuckDBDataChunk, DuckDBDoubleVector } from '@duckdb/node-api';
import { cancelled, OrthantError } from '../../contract/errors.ts';
import { columnNames } from '../columnNames.ts';
import { withPlainFile } from '../plainFile.ts';
import { wholeTable, type RawTable, type ReadRequest } from '../rawTable.ts';
import { arrayColumnNames, arrayColumns, readElements, type StoredArray } from './array.ts';
import { parseIdx } from './idx.ts';
import { parseNpy } from './npy.ts';
import { parseNpz } from './npz.ts';

/** Node cannot read a larger file at once, and Parquet suits that size better than these formats. */
const largestBytes = 2 ** 31 - 1;
const chunkRows = 2048;

/**
 * Reads NPY, NPZ and IDX: the first dimension is the rows, further dimensions are flattened into columns. The arrays of
 * an NPZ file are joined side by side and must have the same number of rows.
 *
 * @param divisors - by array name: divisor for the numbers of a sample's array that stores fractions as bytes
 */
export function readArrays(request: ReadRequest, divisors: Readonly<Record<string, number>>): Promise<RawTable> {
  return withPlainFile(request, async (plain, sha256) => {
    const { path, file } = request;
    const bytes = await readFile(plain).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ERR_FS_FILE_TOO_LARGE' || file.bytes > largestBytes
        ? new OrthantError('data', `${path} is larger than 2 GiB. Save it as Parquet, which is read in pieces.`)
        : error;
    });
    const arrays =
      file.format === 'npz'
        ? parseNpz(bytes, path)
        : [file.format === 'idx' ? parseIdx(bytes, path) : parseNpy(bytes, '', path)];
    const rows = commonRows(arrays, path);
    const all = arrays.flatMap(({ name, shape }) => arrayColumnNames(name, shape));
    const names = columnNames(all, all.length, path);
    await append(request, arrays, names.length, rows, divisors);
    const columns = names.map((name) => ({ name, stored: 'DOUBLE' as const }));
    return wholeTable({ columns, rows, warnings: [], sha256: await sha256 });
  });
}

function commonRows(arrays: readonly StoredArray[], path: string): number {
  const rows = arrays[0]?.shape[0] ?? 0;
  if (arrays.some(({ shape }) => shape[0] !== rows)) {
    const list = arrays.map(({ name, shape }) => `"${name}" [${shape.join(', ')}]`).join(', ');
    throw new OrthantError(
      'data',
      `The arrays of ${path} have different numbers of rows: ${list}. Save only arrays that belong to the same rows.`,
    );
  }
  if (rows === 0 || arrays.some(({ shape }) => arrayColumns(shape) === 0)) {
    throw new OrthantError(
      'data',
      `${path} holds an array without numbers: shape [${arrays[0]?.shape.join(', ') ?? ''}].`,
    );
  }
  return rows;
}

async function append(
  request: ReadRequest,
  arrays: readonly StoredArray[],
  columns: number,
  rows: number,
  divisors: Readonly<Record<string, number>>,
): Promise<void> {
  const { session, table, signal } = request;
  const list = Array.from({ length: columns }, (_, index) => `c${index} DOUBLE`);
  await session.run(`CREATE OR REPLACE TABLE ${table} (${list.join(', ')})`);
  const appender = await session.connection.createAppender(table);
  const types = Array.from({ length: columns }, () => DOUBLE);
  for (let from = 0; from < rows; from += chunkRows) {
    if (signal?.aborted === true) throw cancelled();
    const count = Math.min(chunkRows, rows - from);
    const chunk = DuckDBDataChunk.create(types, count);
    let column = 0;
    for (const array of arrays) {
      const width = arrayColumns(array.shape);
      const divisor = divisors[array.name] ?? 1;
      const block = new Float64Array(count * width);
      readElements(array, from * width, block);
      for (let offset = 0; offset < width; offset++) {
        const vector = chunk.getColumnVector(column++);
        if (!(vector instanceof DuckDBDoubleVector)) throw new Error('A DOUBLE column has a vector of doubles.');
        fill(vector, block, offset, width, divisor);
      }
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function fill(vector: DuckDBDoubleVector, block: Float64Array, offset: number, width: number, divisor: number): void {
  const count = block.length / width;
  for (let row = 0; row < count; row++) vector.setItem(row, (block[row * width + offset] ?? 0) / divisor);
  vector.flush();
}
