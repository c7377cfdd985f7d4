import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../contract/configuration.ts';
import { inspectTable } from './inspect.ts';
import { tableRows } from './page.ts';
import { withTable } from './table.ts';
import { fileRequest, testFolder } from './testing/files.ts';

const folder = testFolder();

/** Files written by NumPy and PyArrow (testing/make_fixtures.py). */
const fixtures = JSON.parse(readFileSync(join(import.meta.dirname, 'testing', 'fixtures.json'), 'utf8')) as {
  arrays: Record<string, { file: string; values: number[][] }>;
  refused: Record<string, string>;
  npz: string;
  npzCompressed: string;
  npzRagged: string;
  parquet: string;
  parquetNan: string;
  parquetEmpty: string;
};
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

async function read(path: string, dialect: Dialect = {}) {
  const request = fileRequest(path, { dialect });
  const inspection = await inspectTable(request);
  const { rows } = await tableRows(request, 0, 1000);
  return { ...inspection, types: inspection.columns.map(({ type }) => type), cells: rows };
}

const table = [
  ['name', 'size', 'y'],
  ['Zoë', '1.5', '3'],
  ['Ann, B.', '-2.25', '4'],
  ['say "hi"', '', '5'],
  ['Zoë', '1e3', '6'],
];
const cells = [
  ['Zoë', 1.5, 3],
  ['Ann, B.', -2.25, 4],
  ['say "hi"', null, 5],
  ['Zoë', 1000, 6],
];
const write = (delimiter: string, lineEnd = '\n', quote = '"', point = '.'): string =>
  table
    .map((record, line) =>
      record
        .map((field, index) => {
          if (index === 0 && line > 0) return `${quote}${field.replaceAll(quote, quote + quote)}${quote}`;
          return line > 0 ? field.replace('.', point) : field;
        })
        .join(delimiter),
    )
    .join(lineEnd) + lineEnd;

describe('delimited text', () => {
  const utf16 = Buffer.from(`\ufeff${write(',')}`, 'utf16le');
  const dialect = { delimiter: ',', quote: '"', header: true, decimalComma: false, encoding: 'utf-8' };
  it.each<[string, string | Buffer, object]>([
    ['commas', write(','), {}],
    ['semicolons and decimal commas', write(';', '\n', '"', ','), { delimiter: ';', decimalComma: true }],
    ['tabs', write('\t'), { delimiter: '\t' }],
    ['bars', write('|'), { delimiter: '|' }],
    ['single quotes', write(',', '\n', "'"), { quote: "'" }],
    ['Windows line ends', write(',', '\r\n'), {}],
    ['old Macintosh line ends', write(',', '\r'), {}],
    ['mixed line ends', write(',').replace('\n', '\r\n'), {}],
    ['empty lines', write(',').replaceAll('\n', '\n\n'), {}],
    ['no last line end', write(',').trimEnd(), {}],
    ['a byte order mark', `\ufeff${write(',')}`, {}],
    ['UTF-16, little-endian', utf16, { encoding: 'utf-16' }],
    ['UTF-16, big-endian', Buffer.from(utf16).swap16(), { encoding: 'utf-16' }],
    ['UTF-16 without a mark', utf16.subarray(2), { encoding: 'utf-16' }],
    ['Latin-1', Buffer.from(write(','), 'latin1'), { encoding: 'latin-1' }],
    ['gzip', gzipSync(write(',')), {}],
    ['gzip of UTF-16', gzipSync(utf16), { encoding: 'utf-16' }],
  ])('is read with %s', async (name, content, expected) => {
    const result = await read(folder.write(`${name}.txt`, content));
    expect(result.dialect).toEqual({ ...dialect, ...expected });
    expect(result.cells).toEqual(cells);
    expect(result.types).toEqual(['category', 'number', 'number']);
    expect(result.format).toBe('csv');
    expect(result.compressed).toBe(name.startsWith('gzip'));
  });

  it('is read with Latin-1 where not one line is valid UTF-8', async () => {
    const lines = ['größe,y', ...Array.from({ length: 20 }, (_, i) => `ä${i},${i}`), ''];
    const path = folder.write('accents.csv', Buffer.from(lines.join('\n'), 'latin1'));
    const found = await read(path);
    expect(found.dialect).toMatchObject({ encoding: 'latin-1', header: true });
    expect(found.cells[0]).toEqual(['ä0', 0]);
  });

  it('gives back random tables with quotes, line ends and delimiters inside', async () => {
    // Beginning and ending with letters: what is trimmed, missing, a number or a date is another test's business.
    const text = fc
      .string({ unit: fc.constantFrom('"', ',', ';', '\n', '\r\n', 'a', 'é', ' ', "'"), maxLength: 6 })
      .map((inner) => `k${inner}k`);
    const rowsArbitrary = fc.array(fc.tuple(text, fc.integer({ min: -99, max: 99 })), { minLength: 3, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        rowsArbitrary,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        async (rows, lineEnd, zipped) => {
          const lines = rows.map(([field, value]) => `"${field.replaceAll('"', '""')}",${value}`);
          const content = Buffer.from(['name,value', ...lines, ''].join(lineEnd));
          const path = folder.write('random.csv', zipped ? gzipSync(content) : content);
          expect((await read(path, { delimiter: ',' })).cells).toEqual(rows);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes the dialect that is given over the one that is found', async () => {
    const path = folder.write('given.csv', '1,5;2\n2,5;3\n');
    expect((await read(path)).cells).toEqual([
      [1.5, 2],
      [2.5, 3],
    ]);
    expect((await read(path, { delimiter: ',' })).cells).toEqual([
      [1, '5;2'],
      [2, '5;3'],
    ]);
    expect((await read(path, { header: true })).columns.map(({ name }) => name)).toEqual(['1,5', '2']);
    const accents = folder.write('accents.csv', Buffer.from('n,v\nÃ©,1\n', 'latin1'));
    expect((await read(accents)).cells).toEqual([['é', 1]]);
    expect((await read(accents, { encoding: 'latin-1' })).cells).toEqual([['Ã©', 1]]);
  });

  it('keeps line ends inside quotes, and names columns without a header c0, c1', async () => {
    const result = await read(folder.write('inside.csv', '"a\r\nb",1\n"c\nd",2\n'));
    expect(result.cells).toEqual([
      ['a\r\nb', 1],
      ['c\nd', 2],
    ]);
    expect(result.columns.map(({ name }) => name)).toEqual(['c0', 'c1']);
  });

  it('knows numbers, truth values, dates, categories and missing values', async () => {
    const result = await read(
      folder.write(
        'types.csv',
        'n,flag,day,code,gap\n1,TRUE,2020-01-02,007,\nNA,false,2020-02-03,A1,NA\n-.5,,,B2,null\n',
      ),
    );
    expect(result.types).toEqual(['number', 'boolean', 'date', 'category', 'number']);
    expect(result.columns.map(({ missing }) => missing)).toEqual([1, 1, 1, 0, 3]);
  });

  it('reads a number column whose first text comes late as numbers, and one that is mostly text as text', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index},${index < 20_000 ? index : `t${index % 5}`}`);
    const result = await read(folder.write('late.csv', `a,b\n${lines.join('\n')}\n`));
    expect(result.types).toEqual(['number', 'category']);
    expect(result.rows).toBe(30_000);
    expect(result.cells[999]).toEqual([999, '999']);
  });

  it('reads any file name, also one that looks like a pattern', async () => {
    const path = folder.write("what?[1]*'s.csv", 'a,b\n1,2\n3,4\n');
    expect((await read(path)).cells).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe('JSON', () => {
  const objects = [
    { a: 1, b: 'x', c: true },
    { a: 2.5, b: null, c: false, d: 7 },
    { b: 'é}],"', a: null, c: null, nested: { e: 1 } },
  ];
  it.each([
    ['an array', JSON.stringify(objects)],
    ['an indented array', JSON.stringify(objects, null, 2)],
    ['lines', objects.map((object) => JSON.stringify(object)).join('\n')],
    ['lines with Windows ends', objects.map((object) => JSON.stringify(object)).join('\r\n') + '\r\n\r\n'],
  ])('is read as %s, also in gzip', async (name, text) => {
    for (const content of [text, gzipSync(text)]) {
      const result = await read(folder.write(`${name}.json`, content));
      expect(result.format).toBe('json');
      expect(result.columns.map(({ name: column }) => column)).toEqual(['a', 'b', 'c', 'd']);
      expect(result.types).toEqual(['number', 'category', 'boolean', 'number']);
      expect(result.cells).toEqual([
        [1, 'x', 'true', null],
        [2.5, null, 'false', 7],
        [null, 'é}],"', null, null],
      ]);
      expect(result.warnings[0]).toMatchObject({ column: 'nested' });
    }
  });

  it('reports bad lines and keeps the others', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => JSON.stringify({ a: index, y: index }));
    lines[3] = '{"a": 1,';
    lines[7] = '[1, 2]';
    lines[9] = '{"a": "oops", "y": 1}';
    const request = fileRequest(folder.write('bad.jsonl', lines.join('\n')), { skipBadRows: true });
    const inspection = await inspectTable(request);
    expect(inspection.rejected.map(({ line }) => line)).toEqual([4, 8, 10]);
    expect(inspection.rows + inspection.rejectedRows).toBe(20);
    expect(inspection.columns[0]!.type).toBe('number');
  });
});

describe('Parquet', () => {
  it('is read as PyArrow writes it, also in gzip', async () => {
    for (const content of [bytes(fixtures.parquet), gzipSync(bytes(fixtures.parquet))]) {
      const result = await read(folder.write('table.bin', content));
      expect(result.format).toBe('parquet');
      expect(result.columns.map(({ name, type }) => [name, type])).toEqual([
        ['whole', 'number'],
        ['small', 'number'],
        ['real', 'number'],
        ['money', 'number'],
        ['text', 'category'],
        ['flag', 'boolean'],
        ['day', 'date'],
      ]);
      expect(result.cells).toEqual([
        [1, 1, 0.5, 1, 'a', 'true', '2020-01-01'],
        [2, 2, 1.5, 2, 'b', 'false', '2020-01-02'],
        [null, 3, 2.5, 3, null, null, '2020-01-03'],
        [4, 255, null, 4, 'a', 'true', '2020-01-04'],
      ]);
      expect(result.warnings.map(({ column }) => column).slice(0, 2)).toEqual(['list', 'raw']);
    }
  });

  it('reports NaN by row', async () => {
    const path = folder.write('nan.parquet', bytes(fixtures.parquetNan));
    await expect(inspectTable(fileRequest(path))).rejects.toThrow(/1 row of 4 .* row 2 has NaN in column "x"/);
    const skipped = await inspectTable(fileRequest(path, { skipBadRows: true }));
    expect([skipped.rows, skipped.rejectedRows]).toEqual([3, 1]);
  });
});

describe('arrays', () => {
  it.each(Object.entries(fixtures.arrays))(
    'reads NPY of %s as NumPy wrote it, also in gzip',
    async (name, { file, values }) => {
      for (const content of [bytes(file), gzipSync(bytes(file))]) {
        const result = await read(folder.write(`${name}.npy`, content));
        expect(result.format).toBe('npy');
        expect(result.cells).toEqual(values);
        expect(result.columns.map((column) => column.name)).toEqual(values[0]!.map((_, index) => `c${index}`));
      }
    },
  );

  it('reads NPZ, its arrays side by side', async () => {
    for (const file of [fixtures.npz, fixtures.npzCompressed]) {
      const result = await read(folder.write('arrays', bytes(file)));
      expect(result.columns.map(({ name }) => name)).toEqual(['x0', 'x1', 'x2', 'layer1_0', 'layer1_1', 'y']);
      expect(result.cells[2]).toEqual([6, 7, 8, 6, 7, 2]);
    }
  });

  it.each([
    [0x08, [7, 255], [7, 255]],
    [0x09, [7, 0xff], [7, -1]],
    [0x0b, [0xff, 0xfe, 0x01, 0x00], [-2, 256]],
    [0x0c, [0xff, 0xff, 0xff, 0xfe, 0, 0, 1, 0], [-2, 256]],
    [0x0d, [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], [1.5, -2]],
    [0x0e, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], [1.5, -2]],
  ])('reads IDX of type %i', async (type, data, values) => {
    const file = Buffer.from([0, 0, type, 2, 0, 0, 0, 2, 0, 0, 0, 1, ...data]);
    const result = await read(folder.write('digits', file));
    expect(result.format).toBe('idx');
    expect(result.cells).toEqual(values.map((value) => [value]));
  });
});

describe('an open table', () => {
  it('is read once, and again when the file has changed', async () => {
    const path = folder.write('once.csv', 'a,b\n1,2\n3,4\n');
    const open = () => withTable(fileRequest(path), (opened) => Promise.resolve(opened));
    const first = await open();
    expect(await open()).toBe(first);
    expect(first.sha256).toBe(createHash('sha256').update('a,b\n1,2\n3,4\n').digest('hex'));
    folder.write('once.csv', 'a,b\n1,2\n3,4\n5,6\n');
    expect((await open()).rows).toBe(3);
  });

  it('is the same table for callers at the same time, and for one whose neighbour gave up', async () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `${index},${index}`);
    const path = folder.write('shared.csv', `a,b\n${lines.join('\n')}\n`);
    const abort = new AbortController();
    const impatient = withTable(fileRequest(path), () => Promise.resolve('opened'), { signal: abort.signal });
    const patient = Promise.all([1, 2].map(() => withTable(fileRequest(path), (opened) => Promise.resolve(opened))));
    setTimeout(() => {
      abort.abort();
    }, 5);
    await expect(impatient).rejects.toMatchObject({ code: 'cancelled' });
    const [one, two] = await patient;
    expect(one).toBe(two);
    expect(one!.rows).toBe(200_000);
  });

  it('knows the SHA-256 of each format as the file lies on disk', async () => {
    for (const content of [
      gzipSync('a,b\n1,2\n'),
      bytes(fixtures.parquet),
      gzipSync(bytes(fixtures.parquet)),
      bytes(fixtures.npz),
      Buffer.from('[{"a":1}]'),
    ]) {
      const path = folder.write('hashed', content);
      const { sha256 } = await withTable(fileRequest(path), (opened) => Promise.resolve(opened));
      expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    }
  });
});
