import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowest } from './lowest.ts';

test('gives the same as sorting all items, with equal ones in their order and NaN last', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double(), fc.constant(NaN), fc.constant(Infinity));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (values, most) => {
      const rank = (item: number): number => (Number.isNaN(values[item]) ? Infinity : values[item]!);
      const compare = (first: number, second: number): number =>
        rank(first) < rank(second) ? -1 : rank(first) > rank(second) ? 1 : first - second;
      const sorted = values.map((_, item) => item).sort(compare);
      expect(lowest(values.length, (item) => values[item]!, most)).toEqual(sorted.slice(0, most));
    }),
  );
});

test('looks at a million of them without sorting them', () => {
  // Falling values are the worst case: each is among the lowest so far.
  let looks = 0;
  const value = (item: number): number => {
    looks += 1;
    return -item;
  };
  expect(lowest(1_000_000, value, 20)).toEqual(Array.from({ length: 20 }, (_, index) => 999_999 - index));
  // Sorting all of them would compare some 20 times as often.
  expect(looks).toBeLessThan(60_000_000);
});
