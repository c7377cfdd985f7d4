import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'fflate';

/** Small data files of every kind, written where a test wants them: area, age -> price. */

const rows = Array.from({ length: 60 }, (_, index) => ({
  area: 20 + index,
  age: (index * 7) % 40,
  price: 50 + 3 * index - ((index * 7) % 40),
}));
const separated = (by: string): string =>
  [['area', 'age', 'price'].join(by), ...rows.map((row) => [row.area, row.age, row.price].join(by))].join('\n') + '\n';

/** A float64 array of [60, 3] as NumPy writes it, format 1.0. */
function npy(): Uint8Array {
  const description = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows.length}, 3), }`;
  const header = `${description.padEnd(128 - 10 - 1)}\n`;
  const bytes = new Uint8Array(128 + rows.length * 3 * 8);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(Float64Array.from(rows.flatMap((row) => [row.area, row.age, row.price])).buffer), 128);
  return bytes;
}

/** What PyArrow wrote (native/data/testing/make_fixtures.py): 4 rows, 2 columns. */
async function parquet(): Promise<Uint8Array> {
  const fixtures = JSON.parse(
    await readFile(path.join(import.meta.dirname, '../native/data/testing/fixtures.json'), 'utf8'),
  ) as { parquetNan: string };
  return Buffer.from(fixtures.parquetNan, 'base64');
}

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
  { name: 'houses.npy', rows: 60, columns: 3, bytes: npy },
];

/** Files that cannot be read, with what must be said of them. */
export const badFiles: readonly (Pick<DataFile, 'name' | 'bytes'> & { readonly says: RegExp })[] = [
  // Read to its end: the row in question is named.
  { name: 'pairs.parquet', bytes: parquet, says: /row 2 has NaN in column "x"/ },
  { name: 'empty.csv', bytes: () => '', says: /empty/i },
  { name: 'torn.parquet', bytes: async () => (await parquet()).slice(0, 300), says: /torn\.parquet|parquet/i },
  { name: 'torn.npy', bytes: () => npy().slice(0, 200), says: /torn\.npy|bytes/i },
  {
    name: 'torn.csv.gz',
    bytes: () => gzipSync(new TextEncoder().encode(csv)).slice(0, 60),
    says: /torn\.csv\.gz|gzip/i,
  },
  { name: 'broken.json', bytes: () => json.slice(0, 100), says: /broken\.json|JSON/ },
];

/** A table of which one row has too many fields. */
export const oneBadRow: DataFile = {
  name: 'one-bad-row.csv',
  rows: 60,
  columns: 3,
  bytes: () => csv.replace('\n25,', '\n1,2,3,4,5\n25,'),
};

/** Writes a file into `folder`; returns its path. */
export async function write(file: Pick<DataFile, 'name' | 'bytes'>, folder: string): Promise<string> {
  const target = path.join(folder, file.name);
  await writeFile(target, await file.bytes());
  return target;
}
