import type { EpochMetrics, SplitName } from '../../native/contract/results.ts';
import type { RunTrace } from '../state/trace.svelte.ts';
import type { Mark } from './marks.ts';
import { columnsOf } from './epochColumns.ts';
import { worstNegativeShare } from './evidence.ts';
import { formatNumber, formatShare } from './format.ts';

/** What a chart shows, as plain data: drawn, read out, written as CSV and listed as a table from here. */

export interface CurveSeries {
  readonly label: string;
  /** Over the chart's `x`; `null` is a gap. */
  readonly values: readonly (number | null)[];
  /** 1 to 6: a colour of the tokens. */
  readonly colour: number;
  readonly dash?: readonly number[];
  /** Number of the shape along it that tells it from curves of other colours; without one it needs none. */
  readonly symbol?: number;
  readonly thin?: boolean;
  /** The validation rows' curve of the series before it: read out beside that one. */
  readonly paired?: boolean;
}

export interface ChartData {
  readonly title: string;
  /** Rising; epochs, with fractions between them. */
  readonly x: readonly number[];
  readonly series: readonly CurveSeries[];
  /** Logarithmic: values that are not above zero are gaps. */
  readonly log?: boolean;
  readonly zeroLine?: boolean;
  readonly format: (value: number) => string;
  readonly marks: readonly Mark[];
}

const dashed = [6, 4];
/** With more outputs than this, one curve a split shows the worst of them. */
const mostOutputs = 3;
const epochOf = (line: EpochMetrics): number => line.epoch;

/** Puts two curves on one axis: the union of both, with gaps. */
export function mergeAxes(
  a: { readonly x: readonly number[]; readonly series: readonly (readonly (number | null)[])[] },
  b: { readonly x: readonly number[]; readonly series: readonly (readonly (number | null)[])[] },
): { x: number[]; series: (number | null)[][] } {
  const x: number[] = [];
  const series: (number | null)[][] = [...a.series, ...b.series].map(() => []);
  let i = 0;
  let j = 0;
  while (i < a.x.length || j < b.x.length) {
    const left = a.x[i] ?? Infinity;
    const right = b.x[j] ?? Infinity;
    x.push(Math.min(left, right));
    a.series.forEach((values, index) => series[index]?.push(left <= right ? (values[i] ?? null) : null));
    b.series.forEach((values, index) =>
      series[a.series.length + index]?.push(right <= left ? (values[j] ?? null) : null),
    );
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return { x, series };
}

export function lossChart(trace: RunTrace): ChartData {
  const { objective } = trace;
  const columns = columnsOf(trace);
  const { x, series } = mergeAxes(
    { x: objective.x, series: [objective.y] },
    {
      x: columns.column('epoch', epochOf),
      series: [
        columns.column('training loss', (line) => line.splits.train?.loss ?? null),
        columns.column('validation loss', (line) => line.splits.validation?.loss ?? null),
      ],
    },
  );
  const [live = [], train = [], validation = []] = series;
  const shown: CurveSeries[] = [
    { label: 'training', values: train, colour: 1 },
    { label: 'validation', values: validation, colour: 2, dash: dashed },
  ];
  if (objective.x.length > 0) shown.unshift({ label: 'objective, live', values: live, colour: 5, thin: true });
  return { title: 'Loss', x, series: shown, log: true, format: formatNumber, marks: trace.marks };
}

/** One figure of every output and split over the epochs. */
function outputChart(
  trace: RunTrace,
  title: string,
  figure: (output: { negativeShare: number; minimum: number }) => number,
  worst: (values: readonly number[]) => number,
  rest: Pick<ChartData, 'format' | 'zeroLine'>,
  marks: readonly Mark[],
): ChartData {
  const { metrics } = trace;
  const columns = columnsOf(trace);
  const outputs = metrics[0]?.splits.train?.outputs.map((output) => output.name) ?? [];
  const splits: SplitName[] = ['train', 'validation'];
  const merged = outputs.length > mostOutputs;
  const names = merged ? ['worst output'] : outputs;
  const series = names.flatMap((name, index) =>
    splits.flatMap((split): CurveSeries[] => {
      const values = columns.column(`${title}, ${split}, ${index}`, (line) => {
        const reports = line.splits[split]?.outputs ?? [];
        if (merged) return reports.length === 0 ? null : worst(reports.map(figure));
        const report = reports[index];
        return report === undefined ? null : figure(report);
      });
      if (values.every((value) => value === null)) return [];
      const label = split === 'train' ? name : `${name}, validation`;
      const look = { colour: index + 1, ...(names.length > 1 ? { symbol: index } : {}) };
      return [{ label, values, ...look, ...(split === 'train' ? {} : { dash: dashed, paired: true }) }];
    }),
  );
  return { title, x: columns.column('epoch', epochOf), series, ...rest, marks };
}

export const negativesChart = (trace: RunTrace, marks = trace.marks): ChartData =>
  outputChart(
    trace,
    'Share of negative outputs',
    (output) => output.negativeShare,
    (values) => Math.max(...values),
    { format: formatShare },
    marks,
  );

/** Outputs of which one is so many times as large as another leave it a flat line on one axis. */
const differentUnits = 20;

/** One chart for all outputs, or one each where their units differ. */
function worstOutputCharts(trace: RunTrace, marks: readonly Mark[]): ChartData[] {
  const all = outputChart(
    trace,
    'Worst output',
    (output) => output.minimum,
    (values) => Math.min(...values),
    { format: formatNumber, zeroLine: true },
    marks,
  );
  // As they were in the first epoch: charts that come and go while a run trains would jump.
  const outputs = trace.metrics[0]?.splits.train?.outputs ?? [];
  const sizes = outputs.map(({ minimum }) => Math.abs(minimum));
  if (outputs.length > mostOutputs || !(Math.max(...sizes) > differentUnits * Math.min(...sizes))) return [all];
  return outputs.map(({ name }, index) => ({
    ...all,
    title: `Worst output of ${name}`,
    series: all.series
      .filter(({ colour }) => colour === index + 1)
      .map(({ label, values, dash }): CurveSeries => ({
        ...{ label, values, colour: 1 },
        ...(dash === undefined ? {} : { dash, paired: true }),
      })),
  }));
}

export function multiplierChart(trace: RunTrace, marks = trace.marks): ChartData {
  const columns = columnsOf(trace);
  const coefficients = columns.column('coefficient', (line) => line.constraint.coefficient ?? null);
  const multipliers = columns.column('multiplier', (line) => line.constraint.largestMultiplier);
  const series: CurveSeries[] = [{ label: 'largest multiplier', values: multipliers, colour: 1 }];
  if (coefficients.some((value) => value !== null)) {
    series.push({ label: 'penalty coefficient', values: coefficients, colour: 4, dash: dashed });
  }
  const x = columns.column('epoch', epochOf);
  return { title: 'Largest multiplier', x, series, format: formatNumber, marks };
}

/** The charts of what is measured at the end of an epoch. */
export function epochCharts(trace: RunTrace): ChartData[] {
  const { marks } = trace;
  return [negativesChart(trace, marks), ...worstOutputCharts(trace, marks), multiplierChart(trace, marks)];
}

/**
 * Names that tell runs apart: the method is added where names repeat, a number where that repeats, too.
 *
 * @param methodTitle - what a method is called
 */
export function runLabels(
  traces: readonly Pick<RunTrace, 'name' | 'configuration'>[],
  methodTitle: (id: string) => string,
): string[] {
  const repeated = (labels: readonly string[], label: string): boolean =>
    labels.filter((other) => other === label).length > 1;
  const names = traces.map((trace) => trace.name);
  const withMethod = traces.map(({ name, configuration }) =>
    repeated(names, name) ? `${name}, ${methodTitle(configuration?.constraint.method.id ?? '')}` : name,
  );
  return withMethod.map((label, index) => (repeated(withMethod, label) ? `${label} (${index + 1})` : label));
}

/** One figure of several runs over each other. */
function comparedChart(
  traces: readonly RunTrace[],
  labels: readonly string[],
  title: string,
  figure: (line: EpochMetrics) => number | null,
  rest: Pick<ChartData, 'format' | 'zeroLine' | 'log'>,
): ChartData {
  const x = [...new Set(traces.flatMap((trace) => trace.metrics.map(epochOf)))].sort((a, b) => a - b);
  const dashes = [undefined, dashed, [2, 3], [10, 3, 2, 3], [1, 5]];
  const series = traces.map((trace, index): CurveSeries => {
    const byEpoch = new Map(trace.metrics.map((line) => [line.epoch, figure(line)]));
    const dash = dashes[index];
    return {
      label: labels[index] ?? trace.name,
      values: x.map((epoch) => byEpoch.get(epoch) ?? null),
      colour: index + 1,
      ...(dash === undefined ? {} : { dash }),
    };
  });
  return { title, x, series, marks: [], ...rest };
}

const lowest = (line: EpochMetrics): number | null => {
  const outputs = line.splits.train?.outputs ?? [];
  return outputs.length === 0 ? null : Math.min(...outputs.map((output) => output.minimum));
};

/** @param labels - what the runs are called, in their order */
export const comparisonCharts = (traces: readonly RunTrace[], labels: readonly string[]): ChartData[] => [
  comparedChart(
    traces,
    labels,
    'Loss on validation rows',
    (line) => line.splits.validation?.loss ?? line.splits.train?.loss ?? null,
    { log: true, format: formatNumber },
  ),
  comparedChart(
    traces,
    labels,
    'Share of negative outputs, training rows',
    (line) => worstNegativeShare(line.splits, 'train'),
    { format: formatShare },
  ),
  comparedChart(traces, labels, 'Worst output, training rows', lowest, { format: formatNumber, zeroLine: true }),
  comparedChart(traces, labels, 'Largest multiplier', (line) => line.constraint.largestMultiplier, {
    format: formatNumber,
  }),
];

/** Each curve's value at `x`, or at the nearest point it has. */
export function readAt(chart: ChartData, x: number): (number | null)[] {
  return chart.series.map(({ values }) => {
    let best: number | null = null;
    let distance = Infinity;
    const start = nearestIndex(chart.x, x);
    // Points of other curves lie between: look outward from the nearest one until one of this curve is found.
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

/** The figures of a chart of curves, with what happened at each epoch where anything did. */
export function chartTable(chart: ChartData): ChartTable {
  const { x, series, marks } = chart;
  if (marks.length === 0) {
    return {
      header: ['epoch', ...series.map(({ label }) => label)],
      rows: x.map((epoch, index) => [epoch, ...series.map(({ values }) => values[index] ?? null)]),
    };
  }
  // A mark may stand where nothing was measured, or where it is not kept.
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
