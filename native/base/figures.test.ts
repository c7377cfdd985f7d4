import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalBytes, figure, figureBelow, readable } from './figures.ts';

it('a bound that is rounded is never above the bound, and close to it', () => {
  fc.assert(
    fc.property(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) }),
      (value) => {
        const below = Number(figureBelow(value));
        expect(below).toBeLessThanOrEqual(value);
        expect(value - below).toBeLessThanOrEqual(Math.abs(value) * 1e-3);
      },
    ),
  );
});

it('a figure has four digits and keeps its sign', () => {
  expect(figure(-0.1455460488796234)).toBe('-0.1455');
  expect(figure(-1e-12)).toBe('-1e-12');
  expect(figure(123456.7)).toBe('123500');
  expect(figureBelow(0.12349)).toBe('0.1234');
  expect(figureBelow(-0.12341)).toBe('-0.1235');
  expect(figureBelow(0)).toBe('0');
});

it('a number is made readable in its thousands, its sign and its exponent', () => {
  expect([-0.05, 8000, 12350.25, -1e-12, 1e21, 999].map(readable)).toEqual([
    ...['−0.05', '8,000', '12,350.25', '−1e−12', '1e21', '999'],
  ]);
  expect(readable('-1235.10')).toBe('−1,235.10');
});

it('a size is written in the unit of its rounded value', () => {
  expect([0, 999, 1000, 999_999, 1_234_567, 5e15].map((bytes) => decimalBytes(bytes))).toEqual([
    ...['0 B', '999 B', '1 kB', '1 MB', '1.23 MB', '5000 TB'],
  ]);
});
