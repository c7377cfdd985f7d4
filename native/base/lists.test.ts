import { expect, it } from 'vitest';
import { firstOnes, joined } from './lists.ts';

it('names the first ones and counts the rest', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(firstOnes(items.slice(0, 5))).toBe('a, b, c, d, e');
  expect(firstOnes(items)).toBe('a, b, c, d, e and 2 more');
  expect(firstOnes(items, { most: 3, separator: '; ' })).toBe('a; b; c; and 4 more');
  expect(firstOnes(['a'], { of: 10 }), 'where only the first are available').toBe('a and 9 more');
  expect(firstOnes([])).toBe('');
});

it('joins the last item with a word', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((items) => joined(items))).toEqual([
    ...['', 'a', 'a and b', 'a, b and c'],
  ]);
  expect(joined(['a', 'b'], 'or')).toBe('a or b');
});
