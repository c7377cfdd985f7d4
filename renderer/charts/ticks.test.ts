import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roundTicks } from './ticks.ts';

it('gives round values at equal distances', () => {
  expect(roundTicks(-0.7, 2.1, 6)).toEqual([-0.5, 0, 0.5, 1, 1.5, 2]);
  expect(roundTicks(0, 0.3, 5)).toEqual([0, 0.1, 0.2, 0.3]);
  expect(roundTicks(-12_000, 170_000, 5)).toEqual([0, 50_000, 100_000, 150_000]);
});

it('gives at least two and at most the limit, all in view, for any range', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: -3, max: 7, noNaN: true }),
      fc.integer({ min: 5, max: 12 }),
      (low, power, most) => {
        const high = low + 10 ** power;
        const ticks = roundTicks(low, high, most);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(low);
          expect(tick).toBeLessThanOrEqual(high);
        }
      },
    ),
  );
});
