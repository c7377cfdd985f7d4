import { describe, expect, it } from 'vitest';
import { chartTable, nearestIndex, readAt, type ChartData } from './chartData.ts';
import { runLabels } from './comparison.ts';
import { epochCharts, mergeAxes } from './curves.ts';
import { RunTrace } from '../state/trace.svelte.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { fakeMetrics } from '../testing/fakeTraining.ts';
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

describe('chartTable', () => {
  const chart: ChartData = {
    title: 'x',
    x: [1, 2],
    series: [{ label: 'loss', values: [5, null], colour: 1 }],
    format: String,
    marks: [],
  };
  it('has a row an epoch and a column a curve', () => {
    expect(chartTable(chart)).toEqual({
      header: ['epoch', 'loss'],
      rows: [
        [1, 5],
        [2, null],
      ],
    });
  });
  it('lists marks, also at an epoch without a measurement', () => {
    const marks = [
      { kind: 'change', epoch: 0, label: 'learning rate 0.1' },
      { kind: 'checkpoint', epoch: 2, label: 'checkpoint' },
      { kind: 'best', epoch: 2, label: 'best so far' },
    ] as const;
    expect(chartTable({ ...chart, marks })).toEqual({
      header: ['epoch', 'loss', 'events'],
      rows: [
        [0, null, 'learning rate 0.1'],
        [1, 5, null],
        [2, null, 'checkpoint; best so far'],
      ],
    });
  });
});

describe('curves of several outputs', () => {
  const trace = (outputs: readonly string[]): RunTrace => {
    const known = new RunTrace('/runs/1');
    known.takeMetrics([1, 2].map((epoch) => fakeMetrics(fakeConfiguration('ink'), outputs, epoch)));
    return known;
  };
  const looks = (outputs: readonly string[]) =>
    epochCharts(trace(outputs))[0]?.series.map(({ symbol, dash }) => [symbol, dash !== undefined]);
  it('differ by more than their colour: the outputs by symbols, the splits by dashes', () => {
    expect(looks(['a', 'b'])).toEqual([
      [0, false],
      [0, true],
      [1, false],
      [1, true],
    ]);
  });
  it('share one chart of the worst output, unless their units differ too much for one axis', () => {
    const worst = (minima: readonly number[]): string[] => {
      const known = new RunTrace('/runs/1');
      const line = fakeMetrics(
        fakeConfiguration('ink'),
        minima.map((_, index) => `out ${index}`),
        1,
      );
      for (const report of Object.values(line.splits))
        report.outputs.forEach((output, index) => (output.minimum = minima[index] ?? 0));
      known.takeMetrics([line]);
      return epochCharts(known).flatMap(({ title, series }) =>
        title.startsWith('Worst') ? [`${title}: ${series.map(({ label }) => label).join(', ')}`] : [],
      );
    };
    expect(worst([-3, -40])).toEqual(['Worst output: out 0, out 0, validation, out 1, out 1, validation']);
    expect(worst([-3, -40_000])).toEqual([
      'Worst output of out 0: out 0, out 0, validation',
      'Worst output of out 1: out 1, out 1, validation',
    ]);
    expect(worst([0, 0])).toHaveLength(1);
    expect(worst([1, 2, 3, 4000])).toEqual(['Worst output: worst output, worst output, validation']);
  });
  it('have no symbols if there is nothing to distinguish', () => {
    expect(looks(['a'])).toEqual([
      [undefined, false],
      [undefined, true],
    ]);
    expect(looks(['a', 'b', 'c', 'd'])).toHaveLength(2);
  });
});

describe('nearestIndex', () => {
  it('finds the nearest of a rising list', () => {
    expect([-5, 0.4, 0.6, 2.5, 99].map((x) => nearestIndex([0, 1, 2, 3], x))).toEqual([0, 0, 1, 2, 3]);
  });
});

describe('runLabels', () => {
  it('distinguishes runs of the same name', () => {
    const run = (name: string, id: string) => ({ name, configuration: { constraint: { method: { id } } } as never });
    const title = (id: string): string => (id === 'none' ? 'No constraint' : id);
    expect(runLabels([run('ink', 'none'), run('ink', 'penalty'), run('mine', 'none')], title)).toEqual([
      'ink, No constraint',
      'ink, penalty',
      'mine',
    ]);
    expect(runLabels([run('ink', 'x'), run('ink', 'x')], title)).toEqual(['ink, x (1)', 'ink, x (2)']);
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
