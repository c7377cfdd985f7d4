import { describe, expect, it } from 'vitest';
import { listKey } from './listKeys.ts';

describe('listKey', () => {
  it('walks a list and stays in it', () => {
    expect(['ArrowDown', 'ArrowUp', 'Home', 'End', 'x'].map((key) => listKey(key, 1, 5))).toEqual([
      2,
      0,
      0,
      4,
      undefined,
    ]);
    expect(listKey('ArrowDown', 4, 5)).toBe(4);
    expect(listKey('ArrowUp', 0, 5)).toBe(0);
    expect(listKey('End', 0, 0)).toBeUndefined();
  });
});
