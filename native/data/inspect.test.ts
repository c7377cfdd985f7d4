import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnHistogram } from './histogram.ts';
import { inspectTable } from './inspect.ts';
import { tableRows } from './page.ts';
import { fileRequest, testFolder } from './testing/testFiles.ts';

const folder = testFolder();

/** Quantile with linear interpolation, as in NumPy and R (type 7). */
function quantile(sorted: readonly number[], level: number): number {
  const place = level * (sorted.length - 1);
  const low = Math.floor(place);
  const upper = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return sorted[low]! + (place - low) * (upper - sorted[low]!);
}

const numberArbitrary = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Number(value.toFixed(3)) + 0),
);

describe('an inspection', () => {
  it('estimates the quantiles of a long table, and has quantiles for every column with values', async () => {
    const rows = 600_000;
    // Column x has every value from 0 to rows - 1 once, out of order; column y has a single value.
    const lines = Array.from({ length: rows }, (_, row) => `${(row * 7919) % rows},${row === 12_345 ? -3.5 : ''}`);
    const path = folder.write('long.csv', `x,y\n${lines.join('\n')}\n`);
    const { columns } = await inspectTable(fileRequest(path));
    columns[0]!.quantiles!.forEach((value, index) => {
      expect(Math.abs(value / rows - [0.05, 0.25, 0.5, 0.75, 0.95][index]!)).toBeLessThan(0.01);
    });
    expect(Math.abs(columns[0]!.distinct / rows - 1)).toBeLessThan(0.1);
    expect(columns[1]).toMatchObject({ distinct: 1, quantiles: Array(5).fill(-3.5) });
  });

  it('summarises number columns as plain arithmetic does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(numberArbitrary, { freq: 8 }), { minLength: 3, maxLength: 60 }),
        async (values) => {
          const present = values.filter((value) => value !== null);
          fc.pre(present.length > 0);
          const path = folder.write('numbers.csv', `x,z\n${values.map((value) => `${value ?? ''},0.5`).join('\n')}\n`);
          const { rows, columns } = await inspectTable(fileRequest(path));
          const sorted = [...present].sort((a, b) => a - b);
          const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
          const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0);
          expect(rows).toBe(values.length);
          const [x] = columns;
          expect(x).toMatchObject({
            type: 'number',
            missing: values.length - present.length,
            distinct: new Set(present).size,
            minimum: sorted[0],
            maximum: sorted.at(-1),
            negativeShare: present.filter((value) => value < 0).length / present.length,
          });
          expect(x!.mean).toBeCloseTo(mean, 4);
          expect(x!.standardDeviation! / (1 + Math.abs(mean))).toBeCloseTo(
            Math.sqrt(squares / present.length) / (1 + Math.abs(mean)),
            6,
          );
          for (const [index, level] of [0.05, 0.25, 0.5, 0.75, 0.95].entries()) {
            expect(x!.quantiles![index]).toBeCloseTo(quantile(sorted, level), 4);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('suggests roles, with a reason if it is not obvious', async () => {
    const rows = Array.from({ length: 60 }, (_, index) =>
      [
        index + 1,
        index + 1,
        `2021-03-${String((index % 28) + 1).padStart(2, '0')}`,
        `name ${index}`,
        `street ${Math.min(index, 58)}`,
        ['a', 'b'][index % 2]!,
        '',
        'same',
        4,
        ['train', 'test'][index % 2]!,
        index % 2 === 0,
        index * 0.5,
      ].join(','),
    );
    const path = folder.write(
      'roles.csv',
      `id,time,day,who,street,kind,none,word,four,part,flag,y\n${rows.join('\n')}\n`,
    );
    const { columns, warnings } = await inspectTable(fileRequest(path));
    expect(
      Object.fromEntries(columns.map(({ name, suggestedRole, suggestion }) => [name, [suggestedRole, suggestion]])),
    ).toEqual({
      id: ['ignore', 'it only counts the rows'],
      time: ['input', undefined],
      day: ['ignore', expect.stringContaining('date')],
      who: ['ignore', 'its values are all different: they only name the rows'],
      street: ['ignore', '59 categories are more than 50'],
      kind: ['input', undefined],
      none: ['ignore', 'it has no values'],
      word: ['ignore', 'it has one category only'],
      four: ['input', undefined],
      part: ['ignore', 'it names a split for each row'],
      flag: ['input', undefined],
      y: ['input', undefined],
    });
    expect(columns[3]!.categories).toHaveLength(50);
    expect(columns[5]!.categories).toEqual([
      { value: 'a', count: 30 },
      { value: 'b', count: 30 },
    ]);
    expect(warnings[0]!.message).toMatch(/"word", "four" have the same value/);
  });
});

describe('pages', () => {
  it('are the rows from the offset on, and empty beyond the end', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => `${index},t${index}`);
    const request = fileRequest(folder.write('pages.csv', `a,b\n${rows.join('\n')}\n`));
    const page = await tableRows(request, 4998, 10);
    expect(page).toEqual({
      columns: ['a', 'b'],
      offset: 4998,
      rows: [
        [4998, 't4998'],
        [4999, 't4999'],
      ],
      total: 5000,
    });
    expect((await tableRows(request, 6000, 10)).rows).toEqual([]);
  });
});

describe('a histogram', () => {
  it('counts every present value once, in its bin', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(numberArbitrary, { freq: 8 }), { minLength: 2, maxLength: 80 }),
        fc.integer({ min: 1, max: 12 }),
        async (values, bins) => {
          const present = values.filter((value) => value !== null);
          fc.pre(present.length > 0);
          const path = folder.write('bins.csv', `x,z\n${values.map((value) => `${value ?? ''},1`).join('\n')}\n`);
          const { edges, counts, missing } = await columnHistogram(fileRequest(path), 'x', bins);
          expect(missing).toBe(values.length - present.length);
          expect(edges).toHaveLength(counts.length + 1);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(present.length);
          // A value within rounding of an edge may lie on either side of it.
          const slack = 1e-9 * (1 + Math.abs(edges[0]!) + Math.abs(edges.at(-1)!));
          for (const [bin, count] of counts.entries()) {
            const inner = present.filter(
              (value) => value > edges[bin]! + slack && value < edges[bin + 1]! - slack,
            ).length;
            const outer = present.filter(
              (value) => value >= edges[bin]! - slack && value <= edges[bin + 1]! + slack,
            ).length;
            expect(count).toBeGreaterThanOrEqual(inner);
            expect(count).toBeLessThanOrEqual(outer);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has one bar per category, the most frequent first and the rest together', async () => {
    const values = Array.from({ length: 300 }, (_, index) => (index < 100 ? 'often' : `rare ${index % 70}`));
    const path = folder.write('bars.csv', `k,z\n${values.map((value) => `${value},1`).join('\n')}\n,1\n`);
    const { labels, counts, missing } = await columnHistogram(fileRequest(path), 'k', 5);
    expect([labels![0], counts[0], labels!.at(-1), missing]).toEqual(['often', 100, '(others)', 1]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(300);
    await expect(columnHistogram(fileRequest(path), 'kk', 5)).rejects.toThrow(/Did you mean "k"/);
  });
});
