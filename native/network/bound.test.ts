import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaledBound } from './bound.ts';

const scales = fc.float({ min: Math.fround(1e-6), max: Math.fround(1e9), noNaN: true });
const epsilons = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test('the bound holds after de-scaling in float32 and in float64, and is no larger than rounding asks for', () => {
  fc.assert(
    fc.property(epsilons, scales, fc.double({ min: -1, max: 1, noNaN: true }), (epsilon, scale, rounding) => {
      const bound = scaledBound(epsilon, scale);
      expect(Math.fround(bound)).toBe(bound);
      expect(Math.fround(bound * scale)).toBeGreaterThanOrEqual(epsilon);
      // A scale that the float32 one was rounded from.
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

test('denormal bounds and scales are got through quickly', () => {
  for (const [epsilon, scale] of [
    [1e-45, 1e-38],
    [5e-324, 1e-6],
    [-1e-45, 1e-38],
    [1e-40, 1e9],
  ] as const) {
    const bound = scaledBound(epsilon, Math.fround(scale));
    expect(Math.fround(bound * Math.fround(scale))).toBeGreaterThanOrEqual(epsilon);
  }
});

test('the plain quotient would not always do', () => {
  const failing = Array.from({ length: 1000 }, (_, i) => Math.fround(0.1 + i / 7)).filter(
    (scale) => Math.fround(Math.fround(0.3 / scale) * scale) < 0.3,
  );
  expect(failing.length).toBeGreaterThan(0);
  for (const scale of failing) expect(Math.fround(scaledBound(0.3, scale) * scale)).toBeGreaterThanOrEqual(0.3);
});
