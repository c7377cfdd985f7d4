import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isBelowBound, keptBound } from './targetBound.ts';

it('a value is below its bound only if float32 distinguishes them', () => {
  expect(isBelowBound(-1e-3, 0, 3.7)).toBe(true);
  expect(isBelowBound(0.1, 0.1, 3.7)).toBe(false);
  expect(isBelowBound(0.1 - 1e-12, 0.1, 3.7)).toBe(false);
});

it('a proposed bound is kept by the data, and is close to the lowest value', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(number, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.integer({ min: 4, max: 6 }), (...drawn) => {
      const [lowest, scale, digits] = drawn;
      const kept = keptBound(lowest, scale, digits);
      expect(isBelowBound(lowest, kept, scale)).toBe(false);
      expect(Math.abs(lowest - kept)).toBeLessThanOrEqual(Math.abs(lowest) * 10 ** (1 - digits));
    }),
  );
  expect(keptBound(-1.54321, 3.7)).toBe(-1.544);
  expect(keptBound(Math.fround(-1.54321), 1, 6)).toBe(-1.54321);
});
