import { describe, expect, it } from 'vitest';
import { compare } from './verify.ts';

/** "far" has outputs that are 1000 deviations large, "near" some of one deviation. */
const model = {
  schema: {
    inputs: [],
    targets: [
      { name: 'far', scale: 5 },
      { name: 'near', scale: 2 },
    ],
  },
};
const far = 5000;
const ulp = 2 ** -11;
/** 16 ulps in deviations of "far". */
const limit = (16 * ulp) / 5;

const compared = (exported: readonly number[], predictions: readonly number[] = [far, 2, 4000, 3]) =>
  compare(exported, model, { columns: new Map(), rows: 2, predictions }, 'the file gives');

describe('the largest accepted difference of an exported model', () => {
  it('is 16 ulps of the largest output where that is more than 1e-4 deviations', () => {
    expect(compared([far + 10 * ulp, 2, 4000, 3]).maxRelativeDifference).toBeCloseTo((10 * ulp) / 5, 9);
    expect(compared([far - 16 * ulp, 2, 4000, 3]).maxRelativeDifference).toBeCloseTo(limit, 9);
    expect(() => compared([far + 5 * (limit + 1e-3), 2, 4000, 3])).toThrow(`and ${limit} is the limit`);
  });

  it('is that of each target', () => {
    expect(() => compared([far, 2.001, 4000, 3])).toThrow(/For "near" .* and 0\.0001 is the limit/);
  });

  it('is not widened by outputs that are not finite, which are refused', () => {
    for (const wrong of [NaN, Infinity, -Infinity]) {
      const refusal = new RegExp(`"far" the file gives ${wrong} .*row 2 .* and ${limit} is the limit`);
      expect(() => compared([far, 2, wrong, 3])).toThrow(refusal);
      expect(() => compared([far, 2, wrong, 3], [far, 2, wrong, 3])).toThrow(refusal);
      expect(() => compared([far, 2, 4000, 3], [far, 2, wrong, 3])).toThrow(`and ${limit} is the limit`);
    }
  });
});
