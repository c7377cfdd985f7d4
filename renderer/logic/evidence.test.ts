import { describe, expect, it } from 'vitest';
import { heldOutSplit, priceOfPositivity, worstNegativeShare } from './evidence.ts';

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
  it('finds the worst share and the split that stands for new data', () => {
    expect(worstNegativeShare({ train: split(1, 0.2), test: split(1, 0.3) })).toBe(0.3);
    expect(worstNegativeShare({ train: split(1, 0.2), test: split(1, 0.3) }, 'train')).toBe(0.2);
    expect(heldOutSplit({ train: split(1, 0), validation: split(1, 0) })).toBe('validation');
  });
});
