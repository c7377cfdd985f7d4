import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { excerpt, excerptOfBytes } from './excerpt.ts';
import { inspectTable } from './inspect.ts';
import { fileRequest, testFolder } from './testing/files.ts';

const folder = testFolder();
const fixtures = JSON.parse(readFileSync(join(import.meta.dirname, 'testing', 'fixtures.json'), 'utf8')) as {
  parquetNan: string;
};

/** Twenty sound rows below a header; the row on `line` is replaced. */
const csv = (row: string, line = 6, row0 = 'a,b,name,y'): string =>
  [
    row0,
    ...Array.from({ length: 20 }, (_, at) => (at === line - 2 ? row : `${at + 1},${at % 3}.5,n${at},${at}`)),
    '',
  ].join('\n');
const json = (row: string): string => [...Array.from({ length: 5 }, (_, at) => `{"a": ${at}, "b": 1}`), row].join('\n');

async function firstRejected(path: string, dialect = {}) {
  const { rejected } = await inspectTable(fileRequest(path, { skipBadRows: true, dialect }));
  const [first] = rejected;
  if (first === undefined) throw new Error('No row was rejected.');
  const { text = '', mark } = first;
  return { ...first, marked: mark === undefined ? undefined : text.slice(...mark) };
}

describe('a row that cannot be used comes with its text, what is wrong in it, and what to do', () => {
  it.each<[string, string, string | Buffer, { line: number; column?: string; marked?: string }, RegExp]>([
    ['text among numbers', 'text.csv', csv('1,n/k,x,2'), { line: 6, column: 'b', marked: 'n/k' }, /Write a number/],
    ['a decimal comma', 'comma.csv', csv('1,"2,5",x,2'), { line: 6, column: 'b', marked: '"2,5"' }, /decimal point/],
    ['groups of digits', 'groups.csv', csv('1,"1,23,4.5",x,2'), { line: 6, marked: '"1,23,4.5"' }, /such as 1234\.5/],
    ['NaN', 'nan.csv', csv('1,2,x,nan'), { line: 6, column: 'y', marked: 'nan' }, /Replace it by a number/],
    ['infinity', 'inf.csv', csv('-inf,2,x,2'), { line: 6, column: 'a', marked: '-inf' }, /Replace it by a number/],
    ['fields missing', 'few.csv', csv('1,2'), { line: 6 }, /Add the 2 fields that are missing.*join the line/],
    ['one field missing', 'fewer.csv', csv('1,2,x'), { line: 6 }, /Add the field that is missing/],
    ['fields too many', 'many.csv', csv('1,2,x, y,3'), { line: 6, marked: '3' }, /too much.*quotes around.*","/],
    ['an open quote', 'open.csv', csv('1,2,"x,3'), { line: 6, marked: '"x,3' }, /Close the quote, or write ""/],
    [
      'text behind a quote',
      'after.csv',
      csv('1,2,"x"y,3'),
      { line: 6, marked: 'y,3' },
      /what follows the closing quote/,
    ],
    [
      'a byte that is no UTF-8',
      'byte.csv',
      Buffer.concat([Buffer.from('a,b\né,1\n'), Buffer.from('u\xe9x,2\n', 'latin1'), Buffer.from('é,3\n')]),
      { line: 3, marked: '\ufffd' },
      /Save the file as UTF-8, or say/,
    ],
    ['JSON that is none', 'broken.jsonl', json('{"a": 1, b: 2}'), { line: 6 }, /one whole object/],
    ['JSON that is no object', 'list.jsonl', json('[1, 2]'), { line: 6 }, /object that names its values/],
    [
      'text among numbers in JSON',
      'text.jsonl',
      `${json('{"c": "\\"b\\": 1", "b" : "much", "a": 2}')}\n`,
      { line: 6, column: 'b', marked: '"much"' },
      /Write a number/,
    ],
    [
      'NaN in Parquet',
      'nan.parquet',
      Buffer.from(fixtures.parquetNan, 'base64'),
      { line: 2, column: 'x', marked: 'nan' },
      /Replace it by a number/,
    ],
  ])('%s', async (_, name, content, expected, advice) => {
    const rejected = await firstRejected(folder.write(name, content));
    expect(rejected).toMatchObject(expected);
    if (!('marked' in expected)) expect(rejected.marked).toBeUndefined();
    expect(rejected.advice).toMatch(advice);
    expect(rejected.advice).toMatch(/^[A-Z].*\.$/);
  });
});

describe('an excerpt', () => {
  const long = `${'ä'.repeat(300)}HERE${'€'.repeat(300)}`;

  it('shows a short row whole and of a long one what is around the mark', () => {
    expect(excerpt('1,x,3', [2, 3])).toEqual({ text: '1,x,3', mark: [2, 3] });
    expect(excerpt('1,x,3', [5, 5])).toEqual({ text: '1,x,3' });
    const { text, mark } = excerpt(long, [300, 304]);
    expect(text).toHaveLength(202);
    expect(text.slice(...(mark ?? []))).toBe('HERE');
    expect(text).toMatch(/^…ä{60}HERE€+…$/);
    expect(excerpt('x'.repeat(300)).text).toBe(`${'x'.repeat(200)}…`);
  });

  it('is the same of bytes, wherever the mark is', () => {
    const bytes = Buffer.from(long);
    for (const [from, to] of [
      [0, 3],
      [59, 60],
      [61, 62],
      [130, 131],
      [300, 304],
      [420, 421],
      [603, 604],
    ] as const) {
      const place = (at: number): number => Buffer.byteLength(long.slice(0, at));
      expect(excerptOfBytes(bytes, [place(from), place(to)])).toEqual(excerpt(long, [from, to]));
    }
    expect(excerptOfBytes(bytes)).toEqual(excerpt(long));
  });
});
