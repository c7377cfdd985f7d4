import { describe, expect, it } from 'vitest';
import type { SplitReports } from '../../native/contract/results.ts';
import { errorsText, negativesText, runDecimals } from './runFigures.ts';

const output = (rmse: number, negativeShare: number) => ({
  name: 'price',
  rmse,
  negativeShare,
  mae: 1,
  violationShare: 0,
  minimum: 0,
  maximum: 1,
});
const run = (test: ReturnType<typeof output>[]): { splits: SplitReports } => ({
  splits: {
    train: { rows: 8, loss: 1, outputs: test.map(() => output(99, 0)) },
    test: { rows: 1, loss: 1, outputs: test },
  },
});

describe('figures of a run in the list', () => {
  it('are the errors on held-out rows, three of them at most, and the largest share of negatives', () => {
    expect(errorsText(run([output(0.17869, 0.006), output(5.234, 0)]))).toBe('0.179 · 5.23');
    expect(errorsText(run([1, 2, 3, 4].map((rmse) => output(rmse, 0))))).toBe('1 · 2 · 3 · …');
    expect(negativesText(run([output(1, 0.006), output(1, 0.002)]))).toBe('▼ 0.6 %');
    expect(negativesText(run([output(1, 0)]))).toBe('✓ 0 %');
  });

  it('are absent before there is a result, and need no decimals then', () => {
    expect([errorsText({}), negativesText({})]).toEqual(['–', '–']);
    expect(runDecimals([{}, run([output(12.34, 0.05)]), run([output(5.234, 0.0052)])])).toEqual({
      errors: 2,
      negatives: 2,
    });
  });
});
