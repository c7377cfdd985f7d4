import type { Distribution, EpochMetrics } from '../../native/contract/results.ts';

/** The distribution of one output over the epochs. */
export interface DistributionHistory {
  readonly name: string;
  readonly epochs: readonly number[];
  readonly distributions: readonly Distribution[];
}

/** One history an output, of the epochs that recorded distributions. */
export function distributionHistories(metrics: readonly EpochMetrics[]): DistributionHistory[] {
  const recorded = metrics.filter((line) => line.distribution !== undefined);
  const names = recorded[0]?.distribution?.map((distribution) => distribution.name) ?? [];
  return names.map((name, index) => {
    const lines = recorded.flatMap((line) => {
      const distribution = line.distribution?.[index];
      return distribution === undefined ? [] : [{ epoch: line.epoch, distribution }];
    });
    return { name, epochs: lines.map((line) => line.epoch), distributions: lines.map((line) => line.distribution) };
  });
}

/** Rows below zero and all rows, by the bins (zero is a border of two bins). */
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

/** The values that a strip shows: where rows are in any of these epochs, with zero among them. */
export function valueRange(distributions: readonly Distribution[]): { low: number; high: number } {
  let low = 0;
  let high = 0;
  for (const { from, to, counts } of distributions) {
    const width = (to - from) / counts.length;
    const first = counts.findIndex((count) => count > 0);
    const last = counts.findLastIndex((count) => count > 0);
    if (first < 0) continue;
    low = Math.min(low, from + first * width);
    high = Math.max(high, from + (last + 1) * width);
  }
  const room = (high - low) * 0.05 || 1;
  return { low: low - room, high: high + room };
}

/** Header and rows for a table or CSV file: one line a bin. */
export function distributionTable(history: DistributionHistory): { header: string[]; rows: number[][] } {
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
