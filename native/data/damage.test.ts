import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import { inspectTable } from './inspect.ts';
import { tableRows } from './page.ts';
import { previewPreparation } from './prepare.ts';
import { fileRequest, settingsFor, testFolder } from './testing/testFiles.ts';

/**
 * Random tables with random damage. Each record is one line, so the number of rows is the number of lines without the
 * header: a count that does not depend on the reader.
 */

const folder = testFolder();

interface Row {
  readonly x: number | null;
  readonly label: string;
  readonly y: number;
}

const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  x: fc.option(fc.integer({ min: -1e6, max: 1e6 }), { freq: 10 }),
  // Labels begin with a letter, so that a stray quote on the line above cannot join two lines to one valid record.
  label: fc.constantFrom('a', 'b, c', 'd "e"', 'f é', 'g'),
  y: fc.integer({ min: 1, max: 1000 }),
});

const lineOf = ({ x, label, y }: Row): string =>
  `${x ?? ''},${/[",]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label},${y}`;

const damages: Record<string, (row: Row) => string | Buffer> = {
  'field missing': ({ x, y }) => `${x ?? ''},${y}`,
  'field too many': (row) => `${lineOf(row)},7`,
  'text in a number': ({ y }) => `oops,a,${y}`,
  NaN: ({ x }) => `${x ?? 1},a,nan`,
  infinite: ({ y }) => `-inf,a,${y}`,
  'stray quote': ({ x, y }) => `${x ?? ''},"a,${y}`,
  'text after a quote': ({ x, y }) => `${x ?? ''},"a"b,${y}`,
  'bytes that are not text': ({ y }) => Buffer.concat([Buffer.from('1,\xe9a', 'latin1'), Buffer.from(`,${y}`)]),
};

const tableArbitrary = fc.array(rowArbitrary, { minLength: 40, maxLength: 120 }).chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    damaged: fc.dictionary(
      fc.integer({ min: 0, max: rows.length - 1 }).map(String),
      fc.constantFrom(...Object.keys(damages)),
      { maxKeys: 4 },
    ),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    zipped: fc.boolean(),
  }),
);

describe('a damaged table', () => {
  it('has as many rows as were used and reported, and uses exactly the good ones', async () => {
    await fc.assert(
      fc.asyncProperty(tableArbitrary, async ({ rows, damaged, lineEnd, zipped }) => {
        const end = Buffer.from(lineEnd);
        const lines = rows.map((row, index) => {
          const damage = damaged[String(index)];
          return Buffer.from(damage === undefined ? lineOf(row) : damages[damage]!(row));
        });
        // More valid than broken accents: the file is damaged UTF-8, not Latin-1.
        const text = Buffer.concat(
          [Buffer.from('x,label,y'), ...lines, ...Array.from({ length: 6 }, () => Buffer.from('1,f é,2'))].flatMap(
            (line) => [line, end],
          ),
        );
        const total = rows.length + 6;
        const path = folder.write('damaged.csv', zipped ? gzipSync(text) : text);
        const bad = Object.keys(damaged)
          .map(Number)
          .sort((a, b) => a - b);

        if (bad.length > 0) {
          const refusal = await inspectTable(fileRequest(path)).catch((error: unknown) => error);
          expect(refusal).toBeInstanceOf(OrthantError);
          expect((refusal as OrthantError).message).toContain(
            `${bad.length} row${bad.length > 1 ? 's' : ''} of ${total}`,
          );
          expect((refusal as OrthantError).message).toContain(`line ${bad[0]! + 2} `);
        }

        const request = fileRequest(path, { skipBadRows: true });
        const inspection = await inspectTable(request);
        expect(inspection.rows + inspection.rejectedRows).toBe(total);
        expect(inspection.rejected.map(({ line }) => line)).toEqual(bad.map((index) => index + 2));
        const page = await tableRows(request, 0, 1000);
        const sound = rows.filter((_, index) => !bad.includes(index)).map(({ x, label, y }) => [x, label, y]);
        expect(page.rows.slice(0, -6)).toEqual(sound);

        const preparation = await previewPreparation(settingsFor(path, ['y'], { skipBadRows: true, missing: 'drop' }));
        expect(preparation.rowsInFile).toBe(total);
        expect(preparation.rowsUsed + preparation.dropped.reduce((sum, { rows: count }) => sum + count, 0)).toBe(total);
        expect(preparation.rowsUsed).toBe(sound.filter(([x]) => x !== null).length + 6);
      }),
      { numRuns: 60 },
    );
  });

  it('counts rows and lines correctly over many blocks of a large file', async () => {
    const rows = 300_000;
    const bad = new Map([
      [0, 'x,1'],
      [123_456, '"1,2,3'],
      [200_000, 'one,2,3'],
      [299_999, '1,2,3,4'],
    ]);
    const lines = Array.from(
      { length: rows },
      (_, index) => bad.get(index) ?? `${index},${index % 7},${1 + (index % 11)}`,
    );
    const path = folder.write('large.csv', `a,b,y\n${lines.join('\n')}\n`);
    const inspection = await inspectTable(fileRequest(path, { skipBadRows: true }));
    expect(inspection.rows).toBe(rows - bad.size);
    expect(inspection.rejected.map(({ line }) => line)).toEqual([...bad.keys()].map((index) => index + 2));
    const page = await tableRows(fileRequest(path, { skipBadRows: true }), 123_450, 10);
    expect(page.rows.map(([a]) => a)).toEqual([
      123451, 123452, 123453, 123454, 123455, 123457, 123458, 123459, 123460, 123461,
    ]);
  });
});
