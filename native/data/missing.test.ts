import { expect, it } from 'vitest';
import { missingRule } from './missing.ts';

it('leaves out rows without a number if they are at most 5 % of the rows with targets, and fills them in otherwise', () => {
  expect(missingRule({ rows: 100, complete: 100 })).toBe('own-category');
  expect(missingRule({ rows: 100, complete: 95 })).toBe('own-category');
  expect(missingRule({ rows: 100, complete: 94 })).toBe('median-own-category');
  expect(missingRule({ rows: 10, complete: 0 })).toBe('median-own-category');
});
