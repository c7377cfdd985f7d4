import { expect, it } from 'vitest';
import { symbolPlaces } from './symbols.ts';

it('symbols do not move while epochs arrive, until there are twice as many', () => {
  const at = (to: number): number[] => symbolPlaces(0, to, to / 10, 0);
  expect(at(64)).toEqual([0, 8, 16, 24, 32, 40, 48, 56, 64]);
  expect(at(70).slice(0, 9)).toEqual(at(64));
  expect(at(80)).toEqual([0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80]);
  expect(at(81)).toEqual([0, 16, 32, 48, 64, 80]);
});

it('symbols of overlapping curves do not coincide', () => {
  expect(symbolPlaces(0, 16, 8, 0.5)).toEqual([4, 12]);
  expect(symbolPlaces(5, 5.5, 1, 0)).toEqual([5]);
});
