import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';

describe('differences', () => {
  it('names the settings that are not the same', () => {
    expect(
      differences([
        { a: 1, b: { c: 2 } },
        { a: 1, b: { c: 3 } },
        { a: 1, b: {} },
      ]),
    ).toEqual([{ path: 'b.c', values: [2, 3, undefined] }]);
  });
});
