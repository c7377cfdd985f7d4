import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { EpochMetrics } from '../../native/contract/results.ts';
import type { ChartData, CurveSeries } from './chartData.ts';
import { dashed, epochOf } from './curves.ts';
import { worstNegativeShare } from './evidenceText.ts';
import { formatNumber, formatShare } from './format.ts';

/** Names and charts for comparing several runs. */

interface ComparedRun {
  readonly name: string;
  readonly configuration: RunConfiguration | undefined;
  readonly metrics: readonly EpochMetrics[];
}

/**
 * Unique labels of runs: the method is added if names repeat, and a number if that repeats too.
 *
 * @param methodTitle - returns the display name of a method
 */
export function runLabels(
  runs: readonly Pick<ComparedRun, 'name' | 'configuration'>[],
  methodTitle: (id: string) => string,
): string[] {
  const repeated = (labels: readonly string[], label: string): boolean =>
    labels.filter((other) => other === label).length > 1;
  const names = runs.map((run) => run.name);
  const withMethod = runs.map(({ name, configuration }) =>
    repeated(names, name) ? `${name}, ${methodTitle(configuration?.constraint.method.id ?? '')}` : name,
  );
  return withMethod.map((label, index) => (repeated(withMethod, label) ? `${label} (${index + 1})` : label));
}

const lowest = (line: EpochMetrics): number | null => {
  const outputs = line.splits.train?.outputs ?? [];
  return outputs.length === 0 ? null : Math.min(...outputs.map((output) => output.minimum));
};

interface Figure extends Pick<ChartData, 'title' | 'format' | 'zeroLine' | 'log'> {
  readonly of: (line: EpochMetrics) => number | null;
}

const figures: readonly Figure[] = [
  {
    title: 'Loss on validation rows',
    of: ({ splits }) => splits.validation?.loss ?? splits.train?.loss ?? null,
    log: true,
    format: formatNumber,
  },
  {
    title: 'Share of negative outputs, training rows',
    of: ({ splits }) => worstNegativeShare(splits, 'train'),
    format: formatShare,
  },
  { title: 'Worst output, training rows', of: lowest, format: formatNumber, zeroLine: true },
  { title: 'Largest multiplier', of: ({ constraint }) => constraint.largestMultiplier, format: formatNumber },
];
const dashes = [undefined, dashed, [2, 3], [10, 3, 2, 3], [1, 5]];

/**
 * One chart per figure.
 *
 * @param labels - labels of the runs, in the same order
 */
export function comparisonCharts(runs: readonly ComparedRun[], labels: readonly string[]): ChartData[] {
  const x = [...new Set(runs.flatMap((run) => run.metrics.map(epochOf)))].sort((a, b) => a - b);
  return figures.map(({ of, ...chart }) => {
    const series = runs.map(({ name, metrics }, index): CurveSeries => {
      const byEpoch = new Map(metrics.map((line) => [line.epoch, of(line)]));
      const values = x.map((epoch) => byEpoch.get(epoch) ?? null);
      const dash = dashes[index];
      return { label: labels[index] ?? name, values, colour: index + 1, ...(dash === undefined ? {} : { dash }) };
    });
    return { ...chart, x, series, marks: [] };
  });
}
