import { describe, expect, it } from 'vitest';
import { excerpt, excerptOfBytes } from './excerpt.ts';

describe('an excerpt', () => {
  const long = `${'ä'.repeat(300)}HERE${'€'.repeat(300)}`;

  it('shows a short row completely and the part of a long row around the mark', () => {
    expect(excerpt('1,x,3', [2, 3])).toEqual({ text: '1,x,3', mark: [2, 3] });
    expect(excerpt('1,x,3', [5, 5])).toEqual({ text: '1,x,3' });
    const { text, mark } = excerpt(long, [300, 304]);
    expect(text).toHaveLength(202);
    expect(text.slice(...(mark ?? []))).toBe('HERE');
    expect(text).toMatch(/^…ä{60}HERE€+…$/);
    expect(excerpt('x'.repeat(300)).text).toBe(`${'x'.repeat(200)}…`);
  });

  it('is the same for text and for bytes, wherever the mark is', () => {
    const bytes = Buffer.from(long);
    for (const [from, to] of [
      [0, 3],
      [59, 60],
      [61, 62],
      [130, 131],
      [300, 304],
      [420, 421],
      [603, 604],
    ] as const) {
      const place = (at: number): number => Buffer.byteLength(long.slice(0, at));
      expect(excerptOfBytes(bytes, [place(from), place(to)])).toEqual(excerpt(long, [from, to]));
    }
    expect(excerptOfBytes(bytes)).toEqual(excerpt(long));
  });
});
