import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { gzipSync, zipSync } from 'fflate';

/** Small data files of every kind, for tests to write: area, age -> price. */

const rows = Array.from({ length: 60 }, (_, index) => ({
  area: 20 + index,
  age: (index * 7) % 40,
  price: 50 + 3 * index - ((index * 7) % 40),
}));
const separated = (by: string): string =>
  [['area', 'age', 'price'].join(by), ...rows.map((row) => [row.area, row.age, row.price].join(by))].join('\n') + '\n';

const inputs = rows.map((row) => [row.area, row.age]);
const all = rows.map((row) => [row.area, row.age, row.price]);

/** A float64 array with the rows of `values`, as NumPy writes it, format 1.0. */
function npy(values: readonly (readonly number[])[]): Uint8Array {
  const shape = `(${values.length}, ${values[0]?.length ?? 0})`;
  const description = `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${description.padEnd(128 - 10 - 1)}\n`;
  const bytes = new Uint8Array(128 + values.flat().length * 8);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(Float64Array.from(values.flat()).buffer), 128);
  return bytes;
}

/** The same array as LeCun's IDX format has it: two zeros, the type (float64), the dimensions; numbers big-endian. */
function idx(values: readonly (readonly number[])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(12 + values.flat().length * 8));
  view.setUint32(0, 0x0e_02);
  view.setUint32(4, values.length);
  view.setUint32(8, values[0]?.length ?? 0);
  values.flat().forEach((value, index) => {
    view.setFloat64(12 + 8 * index, value);
  });
  return new Uint8Array(view.buffer);
}

/** The table as DuckDB writes it. */
async function parquet(): Promise<Uint8Array> {
  const folder = await mkdtemp(path.join(tmpdir(), 'orthant-parquet-'));
  try {
    const source = path.join(folder, 'houses.csv');
    const target = path.join(folder, 'houses.parquet');
    await writeFile(source, csv);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`COPY (SELECT * FROM read_csv('${source}')) TO '${target}' (FORMAT parquet)`);
    connection.closeSync();
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Written by PyArrow: 4 rows, 2 columns, one value not a number. */
const parquetWithNan = (): Promise<Uint8Array> =>
  readFile(path.join(import.meta.dirname, '../native/data/golden/input/nan.parquet'));

const json = JSON.stringify(rows);
const csv = separated(',');

export interface DataFile {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly bytes: () => Promise<Uint8Array | string> | Uint8Array | string;
}

export const goodFiles: readonly DataFile[] = [
  { name: 'houses.csv', rows: 60, columns: 3, bytes: () => csv },
  { name: 'houses.tsv', rows: 60, columns: 3, bytes: () => separated('\t') },
  { name: 'houses.csv.gz', rows: 60, columns: 3, bytes: () => gzipSync(new TextEncoder().encode(csv)) },
  { name: 'houses.json', rows: 60, columns: 3, bytes: () => json },
  { name: 'houses.jsonl', rows: 60, columns: 3, bytes: () => rows.map((row) => JSON.stringify(row)).join('\n') },
  { name: 'houses.npy', rows: 60, columns: 3, bytes: () => npy(all) },
  {
    name: 'houses.npz',
    rows: 60,
    columns: 3,
    bytes: () => zipSync({ 'x.npy': npy(inputs), 'y.npy': npy(rows.map((row) => [row.price])) }),
  },
  { name: 'houses.idx', rows: 60, columns: 3, bytes: () => idx(all) },
  { name: 'houses.parquet', rows: 60, columns: 3, bytes: parquet },
];

/** Files that cannot be read, with the expected error. */
export const badFiles: readonly (Pick<DataFile, 'name' | 'bytes'> & { readonly error: RegExp })[] = [
  // Read until its end: the row is named.
  { name: 'pairs.parquet', bytes: parquetWithNan, error: /row 2 has NaN in column "x"/ },
  { name: 'empty.csv', bytes: () => '', error: /empty/i },
  { name: 'torn.parquet', bytes: async () => (await parquetWithNan()).slice(0, 300), error: /torn\.parquet|parquet/i },
  { name: 'torn.npy', bytes: () => npy(all).slice(0, 200), error: /torn\.npy|bytes/i },
  {
    name: 'torn.csv.gz',
    bytes: () => gzipSync(new TextEncoder().encode(csv)).slice(0, 60),
    error: /torn\.csv\.gz|gzip/i,
  },
  { name: 'broken.json', bytes: () => json.slice(0, 100), error: /broken\.json|JSON/ },
];

/** A table of which one row has too many fields. */
export const oneBadRow: DataFile = {
  name: 'one-bad-row.csv',
  rows: 60,
  columns: 3,
  bytes: () => csv.replace('\n25,', '\n1,2,3,4,5\n25,'),
};

/**
 * A table as it comes out of a spreadsheet: semicolons, decimal commas, Latin-1, a column of text, a date, gaps, three
 * quantities at its end, one of which (Ertrag) is negative in one row.
 */
export const quirkyTable: DataFile = {
  name: 'werk.csv',
  rows: 120,
  columns: 7,
  bytes: () => {
    const comma = (value: number): string => value.toFixed(2).replace('.', ',');
    const lines = Array.from({ length: 120 }, (_, row) => {
      const heat = 60 + ((row * 37) % 50) / 2;
      const pressure = row % 9 === 4 ? '' : comma(1 + ((row * 13) % 40) / 8);
      const yields = [heat / 8, row === 50 ? -1.5 : heat / 4 - 13, 3 * heat - 100].map(comma);
      return [`2024-03-${String(1 + (row % 28)).padStart(2, '0')}`, ['Nord', 'Süd'][row % 2], comma(heat), pressure]
        .concat(yields)
        .join(';');
    });
    return Buffer.from(`Datum;Werk;Wärme;Druck;Abfall;Ertrag;Energie\n${lines.join('\n')}\n`, 'latin1');
  },
};

/** A table whose quantity has spaces between thousands and none of its decimals to show how it is written. */
export const spacedTable: DataFile = {
  name: 'loads.csv',
  rows: 40,
  columns: 4,
  bytes: () => {
    const lines = Array.from({ length: 40 }, (_, row) =>
      [
        `2024-03-${String(1 + (row % 28)).padStart(2, '0')}`,
        row % 4 === 3 ? 'south' : 'north',
        row / 2,
        `${1 + row} 234`,
      ].join(','),
    );
    return `day,zone,heat,load\n${lines.join('\n')}\n`;
  },
};

/** 12 rows of 800 columns, c0 to c799: row 3 has 700.3 in c700. */
export const wideTable: DataFile = {
  name: 'wide.csv',
  rows: 12,
  columns: 800,
  bytes: () => {
    const columns = Array.from({ length: 800 }, (_, column) => column);
    const lines = Array.from({ length: 12 }, (_, row) => columns.map((column) => column + row / 10).join(','));
    return `${[columns.map((column) => `c${column}`).join(','), ...lines].join('\n')}\n`;
  },
};

/** Writes a file into `folder`; returns its path. */
export async function write(file: Pick<DataFile, 'name' | 'bytes'>, folder: string): Promise<string> {
  const target = path.join(folder, file.name);
  await writeFile(target, await file.bytes());
  return target;
}
