import { describe, expect, it } from 'vitest';
import { barsPath, histogramBars, placeOfZero } from './histogramBars.ts';

describe('a histogram', () => {
  it('has bars that know their edges and whether they are below zero', () => {
    const bars = histogramBars({ column: 'x', edges: [-3, -1, 1.5, 3], counts: [1, 2, 3], missing: 0 });
    expect(bars.map(({ from, to, count, below }) => [from, to, count, below])).toEqual([
      [-3, -1, 1, true],
      [-1, 1.5, 2, false],
      [1.5, 3, 3, false],
    ]);
    const [first] = histogramBars({ column: 'x', edges: [], counts: [4], labels: ['red'], missing: 0 });
    expect(first).toMatchObject({ label: 'red', count: 4, below: false });
  });

  it('is drawn as a path without empty bars, and the smallest bar is visible', () => {
    const bars = histogramBars({ column: 'x', edges: [-2, -1, 0, 1, 2], counts: [200, 0, 100, 1], missing: 0 });
    expect(barsPath(bars, ({ below }) => below)).toBe('M0.06 100v-100.00h.88v100.00z');
    expect(barsPath(bars, ({ below }) => !below)).toBe('M2.06 100v-50.00h.88v50.00zM3.06 100v-3.00h.88v3.00z');
  });

  it('shows where zero is, if any value is below it', () => {
    expect(placeOfZero([-2, 0, 2])).toBe(1);
    expect(placeOfZero([-1, 3, 7])).toBe(0.25);
    expect(placeOfZero([0, 1, 2])).toBeUndefined();
    expect(placeOfZero([-3, -2, -1])).toBeUndefined();
    expect(placeOfZero([])).toBeUndefined();
  });
});
