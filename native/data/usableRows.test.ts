import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLeftOut } from '../contract/rowCounts.ts';
import { splitNames } from '../contract/results.ts';
import { prepareDataSet, previewPreparation } from './prepare.ts';
import { settingsFor, testFolder } from './testing/testFiles.ts';

const folder = testFolder();
const write = (name: string, lines: readonly string[]): string => folder.write(name, `${lines.join('\n')}\n`);

/** Rows of a number, a category and a target; some cells are empty. */
const rowsOf = (rows: number, row: (index: number) => string): string[] => [
  'x,kind,y',
  ...Array.from({ length: rows }, (_, index) => row(index)),
];

describe('the rows of a file', () => {
  const number = fc.option(fc.integer({ min: 1, max: 99 }).map(String), { freq: 5, nil: '' });
  const category = fc.option(fc.constantFrom('red', 'blue'), { freq: 5, nil: '' });
  const sound = fc.record({ x: number, kind: category, y: number, bad: fc.constant(false) });
  const bad = fc.record({ x: number, kind: category, y: number, bad: fc.constant(true) });
  const tables = fc.array(fc.oneof({ weight: 12, arbitrary: sound }, bad), { minLength: 30, maxLength: 60 });

  it.each([
    ['drop', ({ x, kind }: { x: string; kind: string }) => x !== '' && kind !== ''],
    ['median', () => true],
    ['own-category', ({ x }: { x: string }) => x !== ''],
    ['median-own-category', () => true],
  ] as const)('are all used or counted, with missing: %s', async (missing, isComplete) => {
    await fc.assert(
      fc.asyncProperty(tables, async (rows) => {
        const good = rows.filter((row) => !row.bad);
        const usable = good.filter((row) => row.y !== '' && isComplete(row));
        fc.pre(good.length > 0.75 * rows.length && new Set(usable.map(({ y }) => y)).size > 9);
        const lines = rows.map((row) => `${row.x},${row.kind},${row.y}${row.bad ? ',more,fields' : ''}`);
        // Two complete rows of each category, so that no column is without values.
        const whole = ['1,red,1', '2,blue,2', '3,red,3', '4,blue,4'];
        const path = write('counts.csv', ['x,kind,y', ...lines, ...whole]);
        const settings = settingsFor(path, ['y'], {
          missing,
          skipBadRows: true,
          split: { by: 'seed', validation: 0, test: 0 },
        });
        const { preparation, splits } = await prepareDataSet(settings);
        expect(preparation.rowsInFile).toBe(rows.length + whole.length);
        expect(preparation.rowsUsed).toBe(usable.length + whole.length);
        expect(preparation.rowsUsed + countLeftOut(preparation.dropped)).toBe(preparation.rowsInFile);
        expect(splitNames.reduce((sum, name) => sum + splits[name].rows, 0)).toBe(preparation.rowsUsed);
        expect(splits.train.inputs.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

it('rows are treated as the gaps in their numbers suggest if no treatment is chosen', async () => {
  // Rows without a target do not count, and missing categories are always kept.
  const withGaps = (gaps: number) =>
    rowsOf(120, (i) => `${i < gaps ? '' : i},${['red', '', 'blue'][i % 3]},${i < 100 ? i + 1 : ''}`);
  const prepared = (gaps: number) => previewPreparation(settingsFor(write('auto.csv', withGaps(gaps)), ['y']));
  expect(await prepared(5)).toMatchObject({
    missing: 'own-category',
    rowsUsed: 95,
    dropped: [
      { reason: 'no value in the target "y"', rows: 20 },
      { reason: 'no value in the input "x"', rows: 5 },
    ],
  });
  expect(await prepared(6)).toMatchObject({ missing: 'median-own-category', rowsUsed: 100 });
});

describe('a warning', () => {
  const warningsOf = async (lines: readonly string[], rest: Parameters<typeof settingsFor>[2] = {}) =>
    (await previewPreparation(settingsFor(write('warned.csv', lines), ['y'], rest))).warnings;

  it('says that more than 5 % of the rows are left out, why, and which choice keeps them', async () => {
    const missing = 'drop' as const;
    const gaps = (few: number) =>
      rowsOf(100, (i) => `${i < 2 ? '' : i},${i >= 2 && i < few ? '' : ['red', 'blue'][i % 2]},${i + 1}`);
    expect(await warningsOf(gaps(5), { missing })).toEqual([]);
    expect(await warningsOf(gaps(6), { missing })).toEqual([
      {
        message:
          '6 of 100 rows were left out: 2 with no value in the input "x"; 4 with no value in the input "kind". To keep ' +
          'rows without an input, choose "Own category, or the median" (--missing ' +
          'median-own-category).',
      },
    ]);
    const categories = rowsOf(100, (i) => `${i},${i < 6 ? '' : ['red', 'blue'][i % 2]},${i + 1}`);
    expect((await warningsOf(categories, { missing }))[0]?.message).toMatch(/\(--missing own-category\)\.$/);
    expect(await warningsOf(categories, { missing: 'own-category' })).toEqual([]);
  });

  it('names no choice if rows lack their target, which no choice fills', async () => {
    const lines = rowsOf(40, (i) => `${i},${['red', 'blue'][i % 2]},${i < 10 ? '' : i + 1}`);
    expect(await warningsOf(lines)).toEqual([
      { message: '10 of 40 rows were left out: 10 with no value in the target "y".' },
    ]);
  });

  it('names the first rows that could not be read', async () => {
    const lines = rowsOf(40, (i) =>
      i === 3 ? '1,red' : i === 7 ? 'm,red,5' : `${i},${['red', 'blue'][i % 2]},${i + 1}`,
    );
    expect(await warningsOf(lines, { skipBadRows: true })).toEqual([
      {
        topic: 'unreadable',
        message:
          '2 of 40 rows in warned.csv could not be read and were left out: line 5 has 2 fields where 3 are expected; ' +
          'line 9 has the text "m" in the number column "x".',
      },
    ]);
  });
});

it('refuses a table of which no row can be used, and says what would help', async () => {
  const empty = write(
    'empty.csv',
    rowsOf(10, (i) => `${i < 9 ? '' : '1'},${i < 9 ? 'red' : ''},${i + 1}`),
  );
  const settings = settingsFor(empty, ['y'], { columns: { kind: { role: 'input' } }, missing: 'drop' });
  await expect(previewPreparation(settings)).rejects.toThrow(
    'None of the 10 rows of empty.csv can be used: 9 with no value in the input "x"; 1 with no value in the input ' +
      '"kind". Ignore columns that are mostly empty. To keep rows without an input, choose "Own category, or ' +
      'the median" (--missing median-own-category).',
  );
});
