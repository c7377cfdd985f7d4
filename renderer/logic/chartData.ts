import type { Mark } from './marks.ts';

/** Data of a chart, used for the drawing, the values at an epoch, the CSV file and the table. */

export interface CurveSeries {
  readonly label: string;
  /** Over the chart's `x`; `null` is a gap. */
  readonly values: readonly (number | null)[];
  /** Number of the token colour, 1 to 6. */
  readonly colour: number;
  readonly dash?: readonly number[];
  /** Number of the shape that distinguishes it from curves of other colours; `undefined`: no shape. */
  readonly symbol?: number;
  readonly thin?: boolean;
  /** Whether it is the validation curve of the series before it; their values are shown together. */
  readonly paired?: boolean;
}

export interface ChartData {
  readonly title: string;
  /** Epochs with fractions, rising. */
  readonly x: readonly number[];
  readonly series: readonly CurveSeries[];
  /** Logarithmic axis; values that are not positive are gaps. */
  readonly log?: boolean;
  readonly zeroLine?: boolean;
  readonly format: (value: number) => string;
  readonly marks: readonly Mark[];
}

/** Part of an axis. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Each curve's value at `x`, or at its nearest point. */
export function readAt(chart: ChartData, x: number): (number | null)[] {
  return chart.series.map(({ values }) => {
    let best: number | null = null;
    let distance = Infinity;
    const start = nearestIndex(chart.x, x);
    // `x` also has points of other curves: search outward until this curve has a value.
    for (let step = 0; step < chart.x.length && best === null; step += 1) {
      for (const index of [start - step, start + step]) {
        const value = values[index];
        const away = Math.abs((chart.x[index] ?? Infinity) - x);
        if (value !== null && value !== undefined && away < distance) {
          best = value;
          distance = away;
        }
      }
    }
    return best;
  });
}

/** Index of the value nearest to `x` in a rising list. */
export function nearestIndex(xs: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && Math.abs((xs[low - 1] ?? 0) - x) <= Math.abs((xs[low] ?? Infinity) - x)
    ? low - 1
    : Math.max(0, low);
}

/** A chart's figures: header and rows, for a table and a CSV file. */
export interface ChartTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The figures of a chart of curves, with a column of marks if there are any. */
export function chartTable(chart: ChartData): ChartTable {
  const { x, series, marks } = chart;
  if (marks.length === 0) {
    return {
      header: ['epoch', ...series.map(({ label }) => label)],
      rows: x.map((epoch, index) => [epoch, ...series.map(({ values }) => values[index] ?? null)]),
    };
  }
  // A mark may be at an epoch without a kept measurement.
  const epochs = [...new Set([...x, ...marks.map(({ epoch }) => epoch)])].sort((a, b) => a - b);
  const places = new Map(x.map((epoch, index) => [epoch, index]));
  const events = new Map<number, string[]>();
  for (const { epoch, label } of marks) events.set(epoch, [...(events.get(epoch) ?? []), label]);
  return {
    header: ['epoch', ...series.map(({ label }) => label), 'events'],
    rows: epochs.map((epoch) => {
      const index = places.get(epoch) ?? -1;
      return [epoch, ...series.map(({ values }) => values[index] ?? null), events.get(epoch)?.join('; ') ?? null];
    }),
  };
}
