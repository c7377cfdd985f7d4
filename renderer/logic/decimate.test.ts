import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimate } from './decimate.ts';

describe('decimate', () => {
  it('leaves short curves as they are', () => {
    expect(decimate([1, 2, 3], [[5, null, 7]], 10)).toEqual([0, 1, 2]);
  });

  it('keeps the ends, the order, the extremes and the requested size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: -1000, max: 1000 })), { minLength: 200, maxLength: 3000 }),
        fc.integer({ min: 50, max: 150 }),
        (values, limit) => {
          const kept = decimate(
            values.map((_, index) => index),
            [values],
            limit,
          );
          expect(kept[0]).toBe(0);
          expect(kept.at(-1)).toBe(values.length - 1);
          expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
          expect(kept.length).toBeLessThanOrEqual(limit);
          const present = values.filter((value) => value !== null);
          if (present.length === 0) return;
          const keptValues = kept.map((index) => values[index]);
          expect(keptValues).toContain(Math.min(...present));
          expect(keptValues).toContain(Math.max(...present));
        },
      ),
      { numRuns: 60 },
    );
  });
});
