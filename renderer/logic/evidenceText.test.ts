import { describe, expect, it } from 'vitest';
import { heldOutSplit, type EpochMetrics } from '../../native/contract/results.ts';
import type { RunState } from '../../native/contract/runRecord.ts';
import { priceOfPositivity, shortcomingOf, worstNegativeShare } from './evidenceText.ts';

const output = (rmse: number, negativeShare: number) => ({
  name: 'a',
  rmse,
  mae: 0,
  negativeShare,
  violationShare: 0,
  minimum: 0,
});
const split = (rmse: number, negativeShare: number) => ({ rows: 1, loss: 0, outputs: [output(rmse, negativeShare)] });

describe('evidence', () => {
  it('compares held-out rows', () => {
    const price = priceOfPositivity(
      { train: split(1, 0.2), test: split(2, 0.1) },
      { train: split(1, 0), test: split(2.5, 0) },
    );
    expect(price.split).toBe('test');
    expect(price.lines[0]).toMatchObject({ output: 'a', change: 0.25 });
  });
  it('finds the worst share and the split that represents new data', () => {
    expect(worstNegativeShare({ train: split(1, 0.2), test: split(1, 0.3) })).toBe(0.3);
    expect(worstNegativeShare({ train: split(1, 0.2), test: split(1, 0.3) }, 'train')).toBe(0.2);
    expect(heldOutSplit({ train: split(1, 0), validation: split(1, 0) })).toBe('validation');
  });
  it('reports the share of negative outputs while a run trains, and nothing after a failure', () => {
    const latest = { epoch: 3, splits: { train: split(1, 0) } } as EpochMetrics;
    const of = (state: RunState) => shortcomingOf({ state, result: undefined, latest });
    expect(of('training')).toEqual({ what: 'negatives', share: 0, where: 'of training rows, epoch 3' });
    expect(of('failed')).toBeUndefined();
  });
  it('counts negative outputs, or outputs below the bound if the bound is negative', () => {
    const outputs = [{ ...output(1, 0.4), violationShare: 0.1 }];
    const latest = { epoch: 3, splits: { train: { rows: 1, loss: 0, outputs } } } as unknown as EpochMetrics;
    const asked = (epsilon: number) =>
      shortcomingOf({
        state: 'training',
        result: undefined,
        latest,
        configuration: { constraint: { epsilon, method: { id: 'none', settings: {} } } },
      });
    expect(asked(0)).toEqual({ what: 'negatives', share: 0.4, where: 'of training rows, epoch 3' });
    expect(asked(-5)).toMatchObject({ what: 'below the bound', share: 0.1 });
  });
});
