import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import { inspectTable } from './inspect.ts';
import { prepareDataSet } from './prepare.ts';
import { checkTargets } from './targets.ts';
import { fileRequest, settingsFor, testFolder } from './testing/files.ts';

const folder = testFolder();
const fixtures = JSON.parse(readFileSync(join(import.meta.dirname, 'testing', 'fixtures.json'), 'utf8')) as {
  arrays: Record<string, { file: string }>;
  refused: Record<string, string>;
  npzCompressed: string;
  npzRagged: string;
  parquet: string;
  parquetEmpty: string;
};
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const array = bytes(fixtures.arrays.float64!.file);

/** Twenty sound rows; some are replaced. */
const csv = (changes: Record<number, string> = {}, header = 'a,b,y'): string =>
  [
    header,
    ...Array.from({ length: 20 }, (_, row) => changes[row] ?? `${row * 1.5},${(row * 7) % 5},${row + 1}`),
    '',
  ].join('\n');

/** Pseudo-random bytes that look like nothing. */
const junk = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (Math.imul(index + 1, 2654435761) >>> 13) & 0xff));

async function refusal(work: Promise<unknown>): Promise<OrthantError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OrthantError);
  return error as OrthantError;
}

describe('a file that is no table', () => {
  it.each<[string, string | Buffer, string, RegExp]>([
    ['empty.csv', '', 'data', /is empty \(0 bytes\)/],
    ['empty.csv.gz', gzipSync(''), 'data', /is empty once unzipped/],
    ['blank.csv', '\n\r\n\n', 'data', /no rows/],
    ['header.csv', 'a,b,y\n', 'data', /has a header and no rows below it/],
    ['truncated.csv.gz', gzipSync(csv()).subarray(0, 80), 'data', /gzip file that ends too early/],
    ['damaged.csv.gz', Buffer.concat([gzipSync(csv()).subarray(0, 20), junk(200)]), 'data', /damaged gzip file/],
    ['junk.csv', junk(5000), 'data', /binary data .*first bytes are/],
    [
      'zeros.csv',
      Buffer.concat([Buffer.from('a,b\n1,2\n'), Buffer.alloc(50), Buffer.from('\n3,4\n')]),
      'data',
      /binary data/,
    ],
    [
      'magic.npy',
      Buffer.concat([Buffer.from('\x93NUMPX\x01\x00', 'latin1'), array.subarray(8)]),
      'data',
      /binary data/,
    ],
    [
      'truncated.npy',
      array.subarray(0, 200),
      'data',
      /ends too early: shape \[4, 3\] needs 96 bytes of numbers and there are 72/,
    ],
    ['header.npy', array.subarray(0, 60), 'data', /ends inside its header/],
    ['long.npy', Buffer.concat([array, Buffer.alloc(3)]), 'data', /3 bytes more than its shape/],
    ['object.npy', bytes(fixtures.refused.object!), 'data', /Python objects/],
    ['fortran.npy', bytes(fixtures.refused.fortran!), 'data', /Fortran order.*ascontiguousarray/],
    ['text.npy', bytes(fixtures.refused.text!), 'data', /holds text/],
    ['complex.npy', bytes(fixtures.refused.complex!), 'data', /complex numbers/],
    ['structured.npy', bytes(fixtures.refused.structured!), 'data', /structured array/],
    ['scalar.npy', bytes(fixtures.refused.scalar!), 'data', /single number/],
    ['dates.npy', bytes(fixtures.refused.date!), 'data', /holds dates/],
    ['truncated.npz', bytes(fixtures.npzCompressed).subarray(0, 300), 'data', /damaged or truncated zip/],
    ['ragged.npz', bytes(fixtures.npzRagged), 'data', /different numbers of rows: "x" \[4, 3\], "y" \[5\]/],
    ['book.xlsx', Buffer.from('PK\x03\x04..........[Content_Types].xml', 'latin1'), 'data', /Excel workbook/],
    ['truncated.parquet', bytes(fixtures.parquet).subarray(0, 500), 'data', /does not end like one/],
    [
      'damaged.parquet',
      Buffer.concat([bytes(fixtures.parquet).subarray(0, 100), junk(100), Buffer.from('PAR1')]),
      'data',
      /damaged Parquet/,
    ],
    ['rowless.parquet', bytes(fixtures.parquetEmpty), 'data', /has no rows/],
    ['cut.json', JSON.stringify([{ a: 1 }, { a: 2 }]).slice(0, 12), 'data', /array is never closed/],
    ['columns.json', '{"a": [1, 2], "y": [1, 2]}', 'data', /orient="records"/],
    ['list.json', '[1, 2, 3]', 'data', /not a JSON object.*orient="records"/],
    ['matrix.json', '[[1, 2], [3, 4]]', 'data', /not a JSON object.*orient="records"/],
    ['none.json', '[]', 'data', /without any row/],
    ['digits', Buffer.from([0, 0, 8, 1, 0, 0, 0, 9, 1, 2, 3]), 'data', /ends too early: shape \[9\]/],
    ['twice.csv', csv({}, 'a,a,y'), 'data', /more than once: "a" \(columns 1, 2\)/],
    [
      'wide.csv',
      `${Array.from({ length: 20_001 }, (_, index) => `x${index}`).join(',')}\n${'1,'.repeat(20_000)}1\n`,
      'data',
      /a table of 20001 columns; 20000 are possible/,
    ],
    ['preamble.csv', `A table\n${csv()}`, 'data', /header .*line 1.* names 1 columns, but most rows have 3/],
  ])('%s is refused in one paragraph', async (name, content, code, message) => {
    const path = folder.write(name, content);
    const error = await refusal(inspectTable(fileRequest(path)));
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
    expect(error.message).not.toContain('\n');
    expect(error.code).toBe(code);
  });

  it('does not exist, or is a folder', async () => {
    const missing = await refusal(inspectTable(fileRequest(join(folder.path, 'missing.csv'))));
    expect(missing).toMatchObject({
      code: 'file',
      message: expect.stringContaining('it is not there. Check the path') as string,
    });
    mkdirSync(join(folder.path, 'inner'), { recursive: true });
    expect((await refusal(inspectTable(fileRequest(join(folder.path, 'inner'))))).message).toMatch(/is a folder/);
  });

  it.each(['1,', '1,"'])('holds a line of 1 GB that begins with %s, which is not read into memory', async (start) => {
    // Parts of a gzip file may be zipped apart from each other.
    const part = gzipSync(Buffer.alloc(2 ** 24, '7'));
    const path = folder.write(
      'long.csv.gz',
      Buffer.concat([gzipSync(`a,b\n1,2\n${start}`), ...Array<Buffer>(64).fill(part)]),
    );
    const before = process.memoryUsage().rss;
    expect((await refusal(inspectTable(fileRequest(path)))).message).toMatch(/Line 3 of .* longer than 16 MiB/);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });
});

describe('a table with rows that cannot be used', () => {
  it.each<[string, Record<number, string>, RegExp]>([
    ['text in a number column', { 4: 'abc,2,3' }, /1 row of 20 .* line 6 has the text "abc" in the number column "a"/],
    ['too few fields', { 4: '1,2' }, /line 6 has 2 fields where 3 are expected/],
    ['too many fields', { 4: '1,2,3,4' }, /line 6 has 4 fields where 3 are expected/],
    ['NaN', { 4: '1,nan,3' }, /line 6 has NaN in column "b"/],
    ['infinity', { 4: '1,2,-Infinity' }, /line 6 has an infinite value in column "y"/],
    ['a number beyond float64', { 4: '1,1e999,3' }, /line 6 has an infinite value in column "b"/],
    ['a quote left open', { 4: '1,"2,3' }, /line 6 has a quote that is never closed/],
    ['text behind a quote', { 4: '1,"2"x,3' }, /line 6 has text after the quote that closes field 2/],
    ['several', { 1: 'x,y', 4: 'abc,2,3' }, /2 rows of 20 .* line 3 has 2 fields .*; line 6 has the text "abc"/],
  ])('%s: is refused naming the first, or used without', async (name, changes, message) => {
    const path = folder.write(`${name}.csv`, csv(changes));
    const error = await refusal(prepareDataSet(settingsFor(path, ['y'])));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ message: expect.stringContaining('left out') as string, field: 'skipBadRows' });
    const { preparation } = await prepareDataSet(settingsFor(path, ['y'], { skipBadRows: true }));
    const bad = Object.keys(changes).length;
    expect(preparation).toMatchObject({ rowsInFile: 20, rowsUsed: 20 - bad });
    expect(preparation.dropped).toEqual([{ reason: 'could not be read', rows: bad }]);
  });

  it('is refused with no advice to leave rows out where none would be left', async () => {
    const nothing = csv().replaceAll(/,\d+\n/g, ',nan\n');
    const { message } = await refusal(inspectTable(fileRequest(folder.write('nothing.csv', nothing))));
    expect(message).toMatch(
      /^None of the 20 rows of nothing\.csv can be used: line 2 has NaN in column "y" .*Mend the file/,
    );
    expect(message).not.toContain('left out');
  });

  it('is used whole where the bad cells are in a column that is ignored or encoded', async () => {
    const path = folder.write('ignored.csv', csv({ 4: 'abc,2,3' }));
    for (const skipBadRows of [false, true]) {
      const ignored = await prepareDataSet(
        settingsFor(path, ['y'], { skipBadRows, columns: { a: { role: 'ignore' } } }),
      );
      expect(ignored.preparation.rowsUsed).toBe(20);
    }
    const encoded = settingsFor(path, ['y'], { columns: { a: { role: 'input', encoding: 'one-hot' } } });
    expect((await prepareDataSet(encoded)).schema.inputs[0]).toMatchObject({ kind: 'one-hot', column: 'a' });
  });
});

describe('settings that the data contradict', () => {
  it.each<[string, string, string[], object, RegExp]>([
    ['no such target', csv(), ['yy'], {}, /no column "yy"\. Did you mean "y"\?/],
    ['no target', csv(), [], {}, /No column .* is a target.*"a", "b", "y"/],
    ['no such column', csv(), ['y'], { columns: { aa: { role: 'ignore' } } }, /no column "aa"/],
    ['no input', 'y,when\n1,2020-01-01\n2,2020-01-02\n', ['y'], {}, /is an input \("when": a date is no number/],
    [
      'target of text',
      csv({}).replaceAll(/,(\d+)\n/g, ',n$1\n'),
      ['y'],
      {},
      /target "y" .* holds text in 20 of 20 rows, first "n1" in data row 1/,
    ],
    ['constant target', csv().replaceAll(/,\d+\n/g, ',5\n'), ['y'], {}, /target "y" .* is 5 in all 16 training rows/],
    [
      'too few rows',
      'a,y\n1,1\n2,2\n3,3\n',
      ['y'],
      {},
      /3 usable rows are too few for this split: validation would have 0/,
    ],
    ['one row', 'a,y\n1,1\n', ['y'], { split: { by: 'seed', validation: 0, test: 0 } }, /1 usable row is too few/],
    [
      'shares of everything',
      csv(),
      ['y'],
      { split: { by: 'seed', validation: 0.5, test: 0.5 } },
      /leave no rows for training/,
    ],
    [
      'a date as input',
      'a,y\n2020-01-01,1\n2020-01-02,2\n',
      ['y'],
      { columns: { a: { role: 'input' } } },
      /holds dates/,
    ],
    ['no order', csv(), ['y'], { columns: { b: { role: 'input', encoding: 'ordinal' } } }, /no order is given/],
    [
      'short order',
      csv(),
      ['y'],
      { columns: { b: { role: 'input', encoding: 'ordinal', order: ['0', '1', '2', '3'] } } },
      /holds "4" \(data row \d+\), which its order does not name/,
    ],
    [
      'strange split',
      csv().replaceAll(/,(\d),/g, ',part$1,'),
      ['y'],
      { split: { by: 'column', column: 'b' } },
      /split column "b" holds "part0"/,
    ],
    [
      'all missing',
      csv().replaceAll(/^[\d.]+,/gm, ','),
      ['y'],
      { columns: { a: { role: 'input' } } },
      /None of the 20 rows .* 20 with no value in the input "a"/,
    ],
    [
      'target below float32',
      csv().replaceAll(/[\d.]+$/gm, (value) => (Number(value) > 0 ? `${value}e-40` : value)),
      ['y'],
      {},
      /"y" .* has a standard deviation of \S+e-\d+ over its training rows, and float32/,
    ],
    ['beyond float32', csv({ 4: '1e300,2,3' }), ['y'], {}, /Column "a" .* is 1e\+300 in data row 5/],
  ])('%s', async (name, content, targets, rest, message) => {
    const path = folder.write(`${name}.csv`, content);
    expect((await refusal(prepareDataSet(settingsFor(path, targets, rest)))).message).toMatch(message);
  });

  it('a bound above targets names how many rows, the first ones, and a bound that fits', async () => {
    const path = folder.write('negative.csv', csv({ 4: '1,2,-3', 9: '2,1,-0.123456789', 11: '3,3,0' }));
    const dataSet = await prepareDataSet(settingsFor(path, ['y']));
    const { message } = await refusal(
      Promise.resolve().then(() => {
        checkTargets(dataSet, [0]);
      }),
    );
    expect(message).toMatch(/below its bound 0 in 2 of 20 rows: data row 5 \(-3\), data row 10 \(-0\.123457\)/);
    const suggested = Number(/for example (\S+)\.$/.exec(message)?.[1]);
    expect(suggested).toBe(-3);
    expect(() => {
      checkTargets(dataSet, [suggested]);
    }).not.toThrow();
    expect(() => {
      checkTargets(dataSet, [-2.9]);
    }).toThrow(/in 1 of 20 rows/);
  });
});
