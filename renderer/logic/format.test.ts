import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatNumber, formatOf, formatRead, formatShare } from './format.ts';

describe('formats', () => {
  it.each([
    [0, '0'],
    [-0.00123, '−0.00123'],
    [1234567, '1,234,567'],
    [-1000, '−1,000'],
    [1234.5, '1,235'],
    [0.12345678, '0.1235'],
    [3.1e-7, '3.1e−7'],
    [Number.NaN, 'not a number'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('separates thousands with any number of digits, but not in values of the data, which may be years', () => {
    expect([3, 4, 7].map((digits) => formatNumber(2004, digits))).toEqual(['2,004', '2,004', '2,004']);
    expect(formatNumber(12345.678, 7)).toBe('12,345.68');
    expect([2004, -12345.678, 0.00123].map((value) => formatRead(value, 7))).toEqual(['2004', '−12345.68', '0.00123']);
  });

  it('writes a column of years without thousands, and any other with them', () => {
    expect(formatOf(1987, 2024)(2004)).toBe('2004');
    expect(formatOf(326, 18823)(2401)).toBe('2,401');
    expect(formatOf(1900, 5200)(2004)).toBe('2,004');
  });

  it('never rounds a share to 0 or 100 %', () => {
    expect([0, 0.00001, 0.0031, 0.5, 0.99999, 1].map(formatShare)).toEqual([
      '0 %',
      '< 0.01 %',
      '0.31 %',
      '50 %',
      '> 99.99 %',
      '100 %',
    ]);
  });

  it('writes times and sizes', () => {
    expect([0.42, 12.3, 185, 7800].map(formatDuration)).toEqual(['0.4 s', '12 s', '3 min 05 s', '2 h 10 min']);
    expect([12, 2_412_345].map(formatBytes)).toEqual(['12 bytes', '2.41 MB']);
  });
});
