import { expect, test } from 'vitest';
import { median, ratioOf } from './statistics.mjs';

test('the median lies between the two middle values of an even number', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, NaN]);
});

test('a ratio is the median of those within each round, so that a slow round counts for both', () => {
  const first = [[2, 2, 2], [40, 20, 30], [6]];
  const second = [[1], [10], [2, 4, 3]];
  expect(ratioOf(first, second)).toBe(2);
  expect(ratioOf([[10], [40]], [[1], [2]])).toBe(15);
});

test('a round that lacks one of the two is ignored, and without any round the ratio is not a number', () => {
  expect(ratioOf([[2], [], [9]], [[1], [5], []])).toBe(2);
  expect(ratioOf([[2], [3]], [[1]])).toBe(2);
  expect(ratioOf([[]], [[1]])).toBeNaN();
  expect(ratioOf([], [[1]])).toBeNaN();
});
