import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import { inspectTable } from './inspect.ts';
import { prepareDataSet } from './prepare.ts';
import { checkBounds } from './targets.ts';
import { fileRequest, settingsFor, testFolder } from './testing/testFiles.ts';

const folder = testFolder();
/** CSV of twenty good rows, some replaced by `changes`. */
const csv = (changes: Record<number, string> = {}, header = 'a,b,y'): string =>
  [
    header,
    ...Array.from({ length: 20 }, (_, row) => changes[row] ?? `${row * 1.5},${(row * 7) % 5},${row + 1}`),
    '',
  ].join('\n');

async function refusal(work: Promise<unknown>): Promise<OrthantError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OrthantError);
  return error as OrthantError;
}

describe('a file that is not a table', () => {
  it('has too many columns', async () => {
    const names = Array.from({ length: 20_001 }, (_, index) => `x${index}`);
    const path = folder.write('wide.csv', `${names.join(',')}\n${'1,'.repeat(20_000)}1\n`);
    const { code, message } = await refusal(inspectTable(fileRequest(path)));
    expect(code).toBe('data');
    expect(message).toMatch(/wide\.csv would make a table of 20001 columns; 20000 are possible/);
    expect(message).not.toContain('\n');
  });

  it('does not exist, or is a folder', async () => {
    const missing = await refusal(inspectTable(fileRequest(join(folder.path, 'missing.csv'))));
    expect(missing).toMatchObject({
      code: 'file',
      message: expect.stringContaining('it does not exist. Check the path') as string,
    });
    mkdirSync(join(folder.path, 'inner'), { recursive: true });
    expect((await refusal(inspectTable(fileRequest(join(folder.path, 'inner'))))).message).toMatch(/is a folder/);
  });

  it.each(['1,', '1,"'])('holds a line of 1 GB that begins with %s, which is not read into memory', async (start) => {
    // A gzip file may consist of parts that are compressed separately.
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
    ['text after a quote', { 4: '1,"2"x,3' }, /line 6 has text after the quote that closes field 2/],
    ['several', { 1: 'x,y', 4: 'abc,2,3' }, /2 rows of 20 .* line 3 has 2 fields .*; line 6 has the text "abc"/],
  ])('%s: is refused with the first bad row, or used without the bad rows', async (name, changes, message) => {
    const path = folder.write(`${name}.csv`, csv(changes));
    const error = await refusal(prepareDataSet(settingsFor(path, ['y'])));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ message: expect.stringContaining('left out') as string, field: 'skipBadRows' });
    const { preparation } = await prepareDataSet(settingsFor(path, ['y'], { skipBadRows: true }));
    const bad = Object.keys(changes).length;
    expect(preparation).toMatchObject({ rowsInFile: 20, rowsUsed: 20 - bad });
    expect(preparation.dropped).toEqual([{ reason: 'could not be read', rows: bad }]);
  });

  it('is used completely if the bad cells are in a column that is ignored or encoded', async () => {
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

describe('settings that do not fit the data', () => {
  it.each<[string, string, string[], object, RegExp]>([
    ['unknown target', csv(), ['yy'], {}, /no column "yy"\. Did you mean "y"\?/],
    ['no target', csv(), [], {}, /No column .* is a target.*"a", "b", "y"/],
    ['unknown column', csv(), ['y'], { columns: { aa: { role: 'ignore' } } }, /no column "aa"/],
    ['no input', 'y,when\n1,2020-01-01\n2,2020-01-02\n', ['y'], {}, /is an input \("when": a date is not a number/],
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
      { columns: { a: { role: 'input' } }, missing: 'drop' },
      /None of the 20 rows .* 20 with no value in the input "a"/,
    ],
    [
      'all missing, and filled in',
      csv().replaceAll(/^[\d.]+,/gm, ','),
      ['y'],
      { columns: { a: { role: 'input' } } },
      /The input "a" has no value in any training row\. Ignore it\./,
    ],
    [
      'target below float32',
      csv().replaceAll(/[\d.]+$/gm, (value) => (Number(value) > 0 ? `${value}e-40` : value)),
      ['y'],
      {},
      /"y" .* has a standard deviation of \S+e-\d+ over its training rows, below the range of float32/,
    ],
    ['beyond float32', csv({ 4: '1e300,2,3' }), ['y'], {}, /Column "a" .* is 1e\+300 in data row 5/],
  ])('%s', async (name, content, targets, rest, message) => {
    const path = folder.write(`${name}.csv`, content);
    expect((await refusal(prepareDataSet(settingsFor(path, targets, rest)))).message).toMatch(message);
  });

  it('a bound above targets: reports the number of rows, the first ones, and a bound that fits', async () => {
    const path = folder.write('negative.csv', csv({ 4: '1,2,-3', 9: '2,1,-0.123456789', 11: '3,3,0' }));
    const dataSet = await prepareDataSet(settingsFor(path, ['y']));
    const { message } = await refusal(
      Promise.resolve().then(() => {
        checkBounds(dataSet, [0]);
      }),
    );
    expect(message).toMatch(/below its bound 0 in 2 of 20 rows: data row 5 \(-3\), data row 10 \(-0\.123457\)/);
    const suggested = Number(/for example (\S+)\.$/.exec(message)?.[1]);
    expect(suggested).toBe(-3);
    expect(() => {
      checkBounds(dataSet, [suggested]);
    }).not.toThrow();
    expect(() => {
      checkBounds(dataSet, [-2.9]);
    }).toThrow(/in 1 of 20 rows/);
  });
});
