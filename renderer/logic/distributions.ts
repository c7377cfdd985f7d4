import type { ChartTable } from './chartData.ts';
import { columnsOf } from './epochColumns.ts';
import type { Distribution, EpochMetrics } from '../../native/contract/results.ts';

/** The distribution of one output over the epochs. */
export interface DistributionHistory {
  readonly name: string;
  readonly epochs: readonly number[];
  readonly distributions: readonly Distribution[];
}

/** One history per output. */
export function distributionHistories(trace: { readonly metrics: readonly EpochMetrics[] }): DistributionHistory[] {
  const names = trace.metrics[0]?.distribution.map(({ name }) => name) ?? [];
  const columns = columnsOf(trace);
  const epochs = columns.column('epoch', ({ epoch }) => epoch);
  return names.map((name, index) => {
    const distributions = columns.column(`distribution ${index}`, ({ distribution }) => distribution[index]);
    return { name, epochs, distributions: distributions.filter((each) => each !== undefined) };
  });
}

/** Numbers of rows below zero and of all rows (zero is a border between two bins). */
export function belowZero({ from, to, counts }: Distribution): { below: number; all: number } {
  const width = (to - from) / counts.length;
  let below = 0;
  let all = 0;
  counts.forEach((count, bin) => {
    all += count;
    if (from + (bin + 0.5) * width < 0) below += count;
  });
  return { below, all };
}

/** Range and height of a distribution. */
interface Extent {
  /** Borders of the bins that have rows; NaN if all are empty. */
  readonly low: number;
  readonly high: number;
  /** Rows of the fullest bin. */
  readonly most: number;
}

const extents = new WeakMap<Distribution, Extent>();

/** Cached per distribution: a strip of thousands of them is drawn many times a second. */
export function extentOf(distribution: Distribution): Extent {
  const known = extents.get(distribution);
  if (known !== undefined) return known;
  const { from, to, counts } = distribution;
  const width = (to - from) / counts.length;
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const extent = {
    low: first < 0 ? NaN : from + first * width,
    high: first < 0 ? NaN : from + (last + 1) * width,
    most: counts.reduce((most, count) => Math.max(most, count), 0),
  };
  extents.set(distribution, extent);
  return extent;
}

/** The range of values with rows in any of these epochs, including zero. */
export function valueRange(distributions: readonly Distribution[]): { low: number; high: number } {
  let low = 0;
  let high = 0;
  for (const distribution of distributions) {
    const extent = extentOf(distribution);
    if (extent.low < low) low = extent.low;
    if (extent.high > high) high = extent.high;
  }
  const room = (high - low) * 0.05 || 1;
  return { low: low - room, high: high + room };
}

/** Header and rows for a table or CSV file: one line per bin. */
export function distributionTable(history: DistributionHistory): ChartTable {
  return {
    header: ['epoch', 'from', 'to', 'rows'],
    rows: history.distributions.flatMap(({ from, to, counts }, index) => {
      const width = (to - from) / counts.length;
      return counts.map((count, bin) => [
        history.epochs[index] ?? 0,
        from + bin * width,
        from + (bin + 1) * width,
        count,
      ]);
    }),
  };
}
