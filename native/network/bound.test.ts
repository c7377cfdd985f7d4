import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastDescaled, scaledBound } from './bound.ts';

const scales = fc.float({ min: Math.fround(1e-6), max: Math.fround(1e9), noNaN: true });
const epsilons = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test('the bound holds after de-scaling in float32 and in float64, and is not larger than rounding requires', () => {
  fc.assert(
    fc.property(epsilons, scales, fc.double({ min: -1, max: 1, noNaN: true }), (epsilon, scale, rounding) => {
      const bound = scaledBound(epsilon, scale);
      expect(Math.fround(bound)).toBe(bound);
      expect(Math.fround(bound * scale)).toBeGreaterThanOrEqual(epsilon);
      // A scale that rounds to the float32 one.
      expect(bound * scale * (1 + rounding * 2 ** -25)).toBeGreaterThanOrEqual(epsilon);
      const quotient = Math.abs(epsilon / scale);
      if (quotient > 1e-30 && Math.abs(epsilon) > 1e-30)
        expect(bound - epsilon / scale).toBeLessThan(quotient * 2 ** -21);
    }),
    { numRuns: 2000 },
  );
});

test('zero stays zero', () => {
  expect(scaledBound(0, 3.7)).toBe(0);
});

test('denormal bounds are found quickly, and hold if denormal numbers are flushed to 0', () => {
  const flushed = (value: number): number => (Math.abs(value) < 2 ** -126 ? 0 : value);
  for (const [epsilon, scale] of [
    [1e-45, 1e-37],
    [5e-324, 1e-6],
    [-1e-45, 1e-38],
    [1e-40, 1e9],
    [1e-40, 1],
    [2 ** -126, 3],
  ] as const) {
    const factor = Math.fround(scale);
    const bound = scaledBound(epsilon, factor);
    expect(bound).toBeLessThanOrEqual(1.001 * Math.max(2 ** -126, 2 ** -126 / factor, epsilon / factor));
    expect(Math.fround(bound * factor)).toBeGreaterThanOrEqual(epsilon);
    expect(flushed(Math.fround(flushed(bound) * factor))).toBeGreaterThanOrEqual(epsilon);
    expect(leastDescaled(bound, scale)).toBeGreaterThanOrEqual(epsilon);
  }
});

test('the search also ends if no float32 is large enough', () => {
  for (const [epsilon, scale] of [
    [1e30, 1e-30],
    [1, 1e-44],
    [1e-40, 0],
    [0, 0],
  ] as const) {
    expect(scaledBound(epsilon, Math.fround(scale))).not.toBeLessThan(Infinity);
  }
});

test('the bound allows for the larger rounding error of a denormal scale', () => {
  for (const scale of [1.42e-40, 1.42e-44, 4.1e-42]) {
    const bound = scaledBound(-0.7 * scale, Math.fround(scale));
    expect(bound * scale).toBeGreaterThanOrEqual(-0.7 * scale);
  }
});

test('the plain quotient is not always enough', () => {
  const failing = Array.from({ length: 1000 }, (_, i) => Math.fround(0.1 + i / 7)).filter(
    (scale) => Math.fround(Math.fround(0.3 / scale) * scale) < 0.3,
  );
  expect(failing.length).toBeGreaterThan(0);
  for (const scale of failing) expect(Math.fround(scaledBound(0.3, scale) * scale)).toBeGreaterThanOrEqual(0.3);
});
