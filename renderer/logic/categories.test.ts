import { expect, it } from 'vitest';
import { commonCategories } from './categories.ts';

const categories = Array.from({ length: 9 }, (_, index) => ({ value: `v${index}`, count: 10 - index }));

it('shows the most frequent values and counts the rest', () => {
  expect(commonCategories({ categories: categories.slice(0, 2), distinct: 2, missing: 1 }, 20)).toEqual({
    shown: categories.slice(0, 2),
    others: { values: 0, rows: 0 },
  });
  // 54 rows with a value, 45 of them shown.
  expect(commonCategories({ categories, distinct: 9, missing: 3 }, 57)).toEqual({
    shown: categories.slice(0, 6),
    others: { values: 3, rows: 9 },
  });
  expect(commonCategories({ distinct: 5, missing: 0 }, 5)).toEqual({ shown: [], others: { values: 5, rows: 5 } });
});

it('shows one more value instead of a line about it', () => {
  expect(commonCategories({ categories: categories.slice(0, 7), distinct: 7, missing: 0 }, 49).shown).toHaveLength(7);
});
