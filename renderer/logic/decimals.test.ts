import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paddingOf, cellNumber, mostDecimals } from './decimals.ts';
import { formatNumber, formatShare } from './format.ts';

/** Distance of the decimal mark, or of its place, from the end of a cell. */
const markFromEnd = (text: string, decimals: number): number => {
  const all = `${text}${paddingOf(text, decimals)}`.replace(' %', '');
  const mark = all.lastIndexOf('.');
  return mark < 0 ? 0 : all.length - mark;
};

describe('decimal marks', () => {
  it('are aligned in any column of numbers', () => {
    const value = fc.double({ min: -9e6, max: 9e6, noNaN: true }).filter((one) => one === 0 || Math.abs(one) > 1e-4);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const texts = values.map((one) => formatNumber(one));
        const decimals = mostDecimals(texts);
        expect(new Set(texts.map((text) => markFromEnd(text, decimals))).size).toBe(1);
      }),
    );
  });

  it('are aligned in a column of shares with units', () => {
    const texts = [0, 0.05, 0.0052, 0.00001, 0.3].map(formatShare);
    const decimals = mostDecimals(texts);
    expect(texts.map((text) => paddingOf(text, decimals))).toEqual(['.00', '.00', '', '', '.00']);
    expect(paddingOf('▼ −0.19', 4)).toBe('00');
    expect(paddingOf('0.14, 0.159', 3)).toBe('');
  });

  it('are not aligned in a text without a number or with an exponent', () => {
    expect(mostDecimals(['1.234e−6', '–', 'not a number'])).toBe(0);
    for (const text of ['1.234e−6', '1e9', '−2.5e12', '–', 'not a number', '∞']) expect(paddingOf(text, 3)).toBe('');
  });
});

describe('cellNumber', () => {
  it('keeps seven digits if they fit', () => {
    expect(cellNumber(0.008251736, 8.9)).toBe('0.00825174');
    expect(cellNumber(1234.567, 4000)).toBe('1234.567');
    expect(cellNumber(1999, 2026)).toBe('1999');
  });

  it('rounds a small number among large ones, but never to zero', () => {
    expect(cellNumber(0.01234567, 4000)).toBe('0.01235');
    expect(cellNumber(-0.0001234567, 4000)).toBe('−1.235e−4');
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1, noNaN: true }), fc.double({ min: 1, max: 1e9 }), (value, largest) => {
        const read = Number(cellNumber(value, largest).replaceAll('−', '-'));
        expect(Math.abs(read / value - 1)).toBeLessThan(0.006);
      }),
    );
  });
});
