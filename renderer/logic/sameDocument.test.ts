import { describe, expect, it } from 'vitest';
import { sameDocument } from './sameDocument.ts';

describe('sameDocument', () => {
  it('ignores the order of keys at any level, but not that of lists', () => {
    expect(sameDocument({ a: { b: 1, c: [{ d: 2, e: 3 }] } }, { a: { c: [{ e: 3, d: 2 }], b: 1 } })).toBe(true);
    expect(sameDocument([1, 2], [2, 1])).toBe(false);
    expect(sameDocument({ a: 1 }, { a: 1, b: undefined })).toBe(true);
    expect(sameDocument(undefined, {})).toBe(false);
    expect(sameDocument(undefined, undefined)).toBe(true);
  });
});
