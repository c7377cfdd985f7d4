import { describe, expect, it } from 'vitest';
import type { OutputReport, SplitReports } from '../../native/contract/results.ts';
import { baselinesText, errorsText, negativesText, r2Text, runDecimals } from './runFigures.ts';

const output = (rmse: number, negativeShare: number) => ({
  name: 'price',
  rmse,
  negativeShare,
  mae: 1,
  violationShare: 0,
  minimum: 0,
  maximum: 1,
});
const run = (test: OutputReport[]): { splits: SplitReports } => ({
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

  it('mark an error above that of a simple prediction, and say which', () => {
    const beside = { ...output(5, 0), meanRmse: 8, linearRmse: 4, r2: 0.61 };
    const compared = run([beside, { ...beside, name: 'tax', meanRmse: 4.5 }]);
    expect(errorsText(compared)).toBe('▲ 5 · ▲ 5');
    expect(r2Text(compared)).toBe('0.61 · 0.61');
    expect(baselinesText(compared)).toBe(
      'price: RMSE 5, mean 8, linear model 4; worse than a linear model. tax: RMSE 5, mean 4.5, linear model 4; worse than always predicting the mean.',
    );
    expect(errorsText(run([{ ...beside, linearRmse: 4.9 }]))).toBe('5');
    expect(r2Text(run([output(1, 0)]))).toBe('–');
  });

  it('are absent before there is a result, and need no decimals then', () => {
    expect([errorsText({}), negativesText({})]).toEqual(['–', '–']);
    expect(runDecimals([{}, run([output(12.34, 0.05)]), run([output(5.234, 0.0052)])])).toEqual({
      errors: 2,
      r2: 0,
      negatives: 2,
    });
  });
});
