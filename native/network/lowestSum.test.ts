import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../base/random.ts';
import { computedRange, lowestSum, sumMargin } from './lowestSum.ts';

const ranges = fc.constantFrom<[number, number]>([-1, 1], [0, 1], [-1, Infinity], [0, Infinity]);
const layers = fc.record({
  range: ranges,
  features: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
  size: fc.constantFrom(1e-42, 1e-3, 1, 1e20),
  bias: fc.float({ min: -100, max: 100, noNaN: true }).map((bias) => (Math.abs(bias) < 1e-30 ? 0 : bias)),
});
type Drawn = typeof layers extends fc.Arbitrary<infer Value> ? Value : never;

/** Weights of which those that nothing limits are not negative. */
function weightsOf({ range, features, seed, size }: Drawn): number[] {
  const random = new Random(seed, 'weights');
  return Array.from({ length: features }, () => {
    const weight = Math.fround(random.normal() * size);
    return range[1] === Infinity ? Math.abs(weight) : weight;
  });
}

/** b + Σ w z in float32, summed in random order; without denormal numbers if `flush`. */
function float32Sum(weights: number[], features: number[], bias: number, random: Random, flush: boolean): number {
  const rounded = (value: number): number =>
    flush && Math.abs(Math.fround(value)) < 2 ** -126 ? 0 : Math.fround(value);
  const terms = [rounded(bias), ...weights.map((weight, j) => rounded(rounded(weight) * (features[j] ?? 0)))];
  while (terms.length > 1) {
    const [one = 0] = terms.splice(random.below(terms.length), 1);
    const at = random.below(terms.length);
    terms[at] = rounded((terms[at] ?? 0) + one);
  }
  return terms[0] ?? Number.NaN;
}

test('no features in the range give a lower sum, in float64 or in float32 in any order', () => {
  fc.assert(
    fc.property(layers, (drawn) => {
      const { range, seed, bias } = drawn;
      const weights = weightsOf(drawn);
      const { value, lowering } = lowestSum(weights, bias, computedRange(range));
      const random = new Random(seed, 'features');
      for (let round = 0; round < 20; round++) {
        // Half of the features are at the end that lowers the sum.
        const features = weights.map((weight) => {
          const [least, most] = computedRange(range).map(Math.fround) as [number, number];
          const low = weight > 0 ? least : Math.min(most, 1e10);
          return random.below(2) === 0 || round === 0 ? low : Math.fround(random.uniform(least, Math.min(most, 3)));
        });
        const exact = weights.reduce((sum, weight, j) => sum + weight * (features[j] ?? 0), bias);
        expect(exact).toBeGreaterThanOrEqual(value);
        expect(float32Sum(weights, features, bias, random, round % 2 === 1)).toBeGreaterThanOrEqual(value);
        if (round === 0) expect(value).toBeGreaterThan(bias - lowering - 1e-4 * (Math.abs(bias) + lowering + 1e-30));
      }
    }),
    { numRuns: 300 },
  );
});

test('features and weights that are not negative leave the bias as it is', () => {
  expect(lowestSum([0, 1e-30, 7], 0.7, [0, Infinity])).toEqual({ value: 0.7, lowering: 0 });
  expect(lowestSum([0, 3, 7], -2, [0, 1])).toEqual({ value: -2, lowering: 0 });
});

test('nothing limits features without a limit, or sums that overflow float32', () => {
  expect(lowestSum([1, -1e-30], 5, [0, Infinity]).value).toBe(-Infinity);
  expect(lowestSum([1e-30], 5, [-Infinity, Infinity]).value).toBe(-Infinity);
  expect(lowestSum([3e38, 3e38], 3e38, [-1, 1]).value).toBe(-Infinity);
});

test('a bias with the margin is high enough', () => {
  fc.assert(
    fc.property(layers, (drawn) => {
      const { range, features, bias: floor } = drawn;
      const weights = weightsOf(drawn);
      const [least, most] = computedRange(range);
      const { share, smallest } = sumMargin(features);
      // Each operation is rounded to float32, as the method's tensors are.
      const lowering = weights.reduce((sum, weight) => {
        const term = Math.max(
          Math.fround(weight * Math.fround(-least * (1 + share))),
          weight < 0 ? Math.fround(-weight * Math.fround(most * (1 + share))) : 0,
        );
        return Math.fround(sum + term);
      }, 0);
      const free = Math.fround(floor + Math.fround(Math.fround(Math.abs(floor) * Math.fround(share)) + smallest));
      expect(lowestSum(weights, Math.fround(free + lowering), [least, most]).value).toBeGreaterThanOrEqual(floor);
    }),
    { numRuns: 2000 },
  );
});
