import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatNumber, formatShare } from './format.ts';

describe('formats', () => {
  it.each([
    [0, '0'],
    [-0.00123, '−0.00123'],
    [1234567, '1,234,567'],
    [3.1e-7, '3.1e−7'],
    [Number.NaN, 'not a number'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('never rounds a share to nothing or to all', () => {
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
