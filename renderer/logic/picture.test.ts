import { describe, expect, it } from 'vitest';
import { greyValues, isMark, markedText, pictureSide, pixelKind, type PixelKind } from './picture.ts';

describe('pictures', () => {
  it('are squares of a worthwhile size', () => {
    expect([784, 783, 64, 9].map(pictureSide)).toEqual([28, undefined, 8, undefined]);
  });
  it('stretch to all shades and keep gaps', () => {
    expect(greyValues([2, null, 4, 3])).toEqual([0, null, 255, 128]);
  });

  it('mark missing and negative pixels not only by colour', () => {
    const cross = (kind: PixelKind): string =>
      [0, 1, 2].map((y) => [0, 1, 2].map((x) => (isMark(kind, x, y) ? '#' : '.')).join('')).join(' ');
    expect([3, null, -1].map(pixelKind).map(cross)).toEqual(['... ... ...', '#.# .#. #.#', '... ### ...']);
    expect(markedText([1, null, -2, null])).toBe('2 missing, 1 below zero');
    expect(markedText([1, 0])).toBe('');
  });
});
