import type { EpochMetrics, SplitName } from '../../native/contract/results.ts';
import type { ChartData, CurveSeries } from './chartData.ts';
import { columnsOf } from './epochColumns.ts';
import { formatNumber, formatShare } from './format.ts';
import type { Mark } from './marks.ts';

/** The curves of one run, from its measurements in a {@link RunCurves}. */

interface RunCurves {
  readonly metrics: readonly EpochMetrics[];
  /** Running mean of the objective over fractional epochs. */
  readonly objective: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly marks: readonly Mark[];
}

type Unmarked = Omit<ChartData, 'marks'>;

export const dashed = [6, 4];
/** With more outputs than this, one curve per split shows the worst output. */
const mostOutputs = 3;
export const epochOf = (line: EpochMetrics): number => line.epoch;

/** Puts the curves of two axes on their union, with gaps. */
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

export function lossChart(trace: RunCurves): ChartData {
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
  trace: RunCurves,
  title: string,
  figure: (output: { negativeShare: number; minimum: number }) => number,
  worst: (values: readonly number[]) => number,
  rest: Pick<ChartData, 'format' | 'zeroLine'>,
): Unmarked {
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
  return { title, x: columns.column('epoch', epochOf), series, ...rest };
}

/** Ratio of outputs above which the smaller one would be a flat line on a shared axis. */
const differentUnits = 20;

/** One chart for all outputs, or one per output if their units differ. */
function worstOutputCharts(trace: RunCurves): Unmarked[] {
  const all = outputChart(
    trace,
    'Worst output',
    (output) => output.minimum,
    (values) => Math.min(...values),
    { format: formatNumber, zeroLine: true },
  );
  // Decide by the first epoch, so that the number of charts does not change during a run.
  const outputs = trace.metrics[0]?.splits.train?.outputs ?? [];
  const sizes = outputs.map(({ minimum }) => Math.abs(minimum));
  if (outputs.length > mostOutputs || !(Math.max(...sizes) > differentUnits * Math.min(...sizes))) return [all];
  return outputs.map(({ name }, index) => ({
    ...all,
    title: `Worst output of ${name}`,
    series: all.series
      .filter(({ colour }) => colour === index + 1)
      .map(({ label, values, dash }): CurveSeries => ({
        label,
        values,
        colour: 1,
        ...(dash === undefined ? {} : { dash, paired: true }),
      })),
  }));
}

function multiplierChart(trace: RunCurves): Unmarked {
  const columns = columnsOf(trace);
  const coefficients = columns.column('coefficient', (line) => line.constraint.coefficient ?? null);
  const multipliers = columns.column('multiplier', (line) => line.constraint.largestMultiplier);
  const series: CurveSeries[] = [{ label: 'largest multiplier', values: multipliers, colour: 1 }];
  if (coefficients.some((value) => value !== null)) {
    series.push({ label: 'penalty coefficient', values: coefficients, colour: 4, dash: dashed });
  }
  const x = columns.column('epoch', epochOf);
  return { title: 'Largest multiplier', x, series, format: formatNumber };
}

/** The charts of measurements at the ends of epochs. */
export function epochCharts(trace: RunCurves): ChartData[] {
  const { marks } = trace;
  const negatives = outputChart(
    trace,
    'Share of negative outputs',
    (output) => output.negativeShare,
    (values) => Math.max(...values),
    { format: formatShare },
  );
  return [negatives, ...worstOutputCharts(trace), multiplierChart(trace)].map((chart) => ({ ...chart, marks }));
}
