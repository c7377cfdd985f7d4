import { expect, test } from 'vitest';
import { geometricMean, rowsOf, summarise, type MeasuredTable, type Run } from './figures.ts';

const run = (...rmse: number[]): Run => ({ rmse, negative: rmse.map(() => 0), below: rmse.map(() => 0), seconds: 1 });
const measured = (name: string, entries: Record<string, Run[]>, targets = ['y']): MeasuredTable => ({
  name,
  targets,
  rows: 100,
  leftOut: 0,
  few: true,
  entries: Object.entries(entries).map(([id, runs]) => ({ id, runs })),
});
const peers = (rmse: number): Record<string, Run[]> => ({
  mlp: [run(rmse), run(3 * rmse)],
  'mlp-early': [run(4 * rmse), run(2 * rmse)],
  linear: [run(rmse), run(rmse)],
  mean: [run(8 * rmse), run(8 * rmse)],
});

test('a ratio compares means over the runs, and the better of the two networks counts', () => {
  const table = measured('a', { penalty: [run(2), run(6)], none: [run(4), run(4)], ...peers(1) });
  const [row] = rowsOf(table, 0);
  expect(row).toMatchObject({ id: 'penalty', rmse: 4, toNetwork: 2, toLinear: 4, toNone: 1, toMean: 0.5 });
});

test('a method with a failed run keeps the mean of its other runs, and has no ratio', () => {
  const table = measured('a', { penalty: [run(2), { error: 'It broke.' }], none: [run(4), run(4)], ...peers(1) });
  const [row, none] = rowsOf(table, 0);
  expect(row).toMatchObject({ rmse: 2, toNetwork: NaN, toNone: NaN, errors: ['It broke.'] });
  expect(none?.toNetwork).toBe(2);
});

test('a ratio to a model that was not measured, or failed, is not a number', () => {
  const failed = { ...peers(1), mlp: [run(1), { error: 'It broke.' }] };
  expect(rowsOf(measured('a', { penalty: [run(2), run(2)], ...failed }), 0)[0]).toMatchObject({
    toNetwork: NaN,
    toLinear: 2,
    toNone: NaN,
  });
});

test('a summary gives every table the same weight, and names the worst target', () => {
  const tables = [
    measured('wide', { none: [run(2, 8)], mlp: [run(1, 1)], 'mlp-early': [run(1, 1)] }, ['low', 'high']),
    measured('plain', { none: [run(1)], mlp: [run(1)], 'mlp-early': [run(1)] }),
    measured('broken', { none: [{ error: 'It broke.' }], mlp: [run(1)], 'mlp-early': [run(1)] }),
  ];
  const { mean, worst, where, tables: count } = summarise(tables, 'none', 'toNetwork');
  expect(mean).toBeCloseTo(2, 12);
  expect({ worst, where, count }).toEqual({ worst: 8, where: 'wide high', count: 2 });
  expect(summarise(tables, 'none', 'toLinear')).toMatchObject({ mean: NaN, worst: NaN, tables: 0 });
});

test('the geometric mean of a ratio and its inverse is 1, and without values it is not a number', () => {
  expect(geometricMean([4, 0.25])).toBeCloseTo(1, 12);
  expect(geometricMean([])).toBeNaN();
});
