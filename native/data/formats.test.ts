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
import { fileRequest, testFolder } from './testing/testFiles.ts';

const folder = testFolder();

/** A file of the golden cases, which define how each format is read. */
const golden = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'golden/input', name));

async function read(path: string, dialect: Dialect = {}) {
  const request = fileRequest(path, { dialect });
  const inspection = await inspectTable(request);
  const { rows } = await tableRows(request, 0, 1000);
  return { ...inspection, types: inspection.columns.map(({ type }) => type), cells: rows };
}

describe('delimited text', () => {
  it('reads random tables with quotes, line ends and delimiters inside as they were written', async () => {
    // Texts begin and end with a letter, so that they are not trimmed, missing, numbers or dates; other tests do that.
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

  it('prefers the given dialect to the detected one', async () => {
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

  it('reads a column as text if a third of it is text, even if the text comes late', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index},${index < 20_000 ? index : `t${index % 5}`}`);
    const result = await read(folder.write('late.csv', `a,b\n${lines.join('\n')}\n`));
    expect(result.types).toEqual(['number', 'category']);
    expect(result.rows).toBe(30_000);
    expect(result.cells[999]).toEqual([999, '999']);
  });

  it('reads any file name, including one that looks like a pattern', async () => {
    const path = folder.write("what?[1]*'s.csv", 'a,b\n1,2\n3,4\n');
    expect((await read(path)).cells).toEqual([
      [1, 2],
      [3, 4],
    ]);
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

  it('is shared by simultaneous callers, even if one of them cancels', async () => {
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

  it('has the SHA-256 of the file on disk, for each format', async () => {
    for (const content of [
      gzipSync('a,b\n1,2\n'),
      golden('table.parquet'),
      gzipSync(golden('table.parquet')),
      golden('arrays.npz'),
      Buffer.from('[{"a":1}]'),
    ]) {
      const path = folder.write('hashed', content);
      const { sha256 } = await withTable(fileRequest(path), (opened) => Promise.resolve(opened));
      expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    }
  });
});
