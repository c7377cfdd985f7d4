import { describe, expect, it } from 'vitest';
import { mergeAxes, nearestIndex, readAt, runLabels, type ChartData } from './curves.ts';
import { belowZero, valueRange } from './distributions.ts';

describe('mergeAxes', () => {
  it('puts two curves on the union of their axes, with gaps', () => {
    const { x, series } = mergeAxes({ x: [0.5, 1, 1.5], series: [[5, 6, 7]] }, { x: [1, 2], series: [[1, 2]] });
    expect(x).toEqual([0.5, 1, 1.5, 2]);
    expect(series).toEqual([
      [5, 6, 7, null],
      [null, 1, null, 2],
    ]);
  });
});

describe('readAt', () => {
  const chart: ChartData = {
    title: 'x',
    x: [0, 1, 2, 3],
    series: [
      { label: 'a', values: [1, null, null, 4], colour: 1 },
      { label: 'b', values: [null, 8, null, null], colour: 2 },
    ],
    format: String,
    marks: [],
  };
  it('reads every curve at its own nearest point', () => {
    expect(readAt(chart, 0.2)).toEqual([1, 8]);
    expect(readAt(chart, 2.4)).toEqual([4, 8]);
  });
});

describe('nearestIndex', () => {
  it('finds the nearest of a rising list', () => {
    expect([-5, 0.4, 0.6, 2.5, 99].map((x) => nearestIndex([0, 1, 2, 3], x))).toEqual([0, 0, 1, 2, 3]);
  });
});

describe('runLabels', () => {
  it('tells runs of one name apart', () => {
    const run = (name: string, id: string) => ({ name, configuration: { constraint: { method: { id } } } as never });
    expect(runLabels([run('ink', 'none'), run('ink', 'penalty'), run('mine', 'none')])).toEqual([
      'ink, none',
      'ink, penalty',
      'mine',
    ]);
    expect(runLabels([run('ink', 'none'), run('ink', 'none')])).toEqual(['ink, none (1)', 'ink, none (2)']);
  });
});

describe('distributions', () => {
  const distribution = { name: 'a', from: -1, to: 3, counts: [2, 0, 5, 3, 0, 0, 0, 1] };
  it('counts the rows below zero', () => {
    expect(belowZero(distribution)).toEqual({ below: 2, all: 11 });
  });
  it('shows where rows are, and zero', () => {
    const { low, high } = valueRange([{ name: 'a', from: 1, to: 3, counts: [0, 4] }]);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(3);
  });
});
