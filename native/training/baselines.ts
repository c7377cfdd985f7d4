import { splitNames, type OutputReport, type SplitReports } from '../contract/results.ts';
import type { DataSet, SplitRows } from '../data/dataset.ts';
import { linearModelOf, predictLinear } from './linearModel.ts';

/**
 * Adds to the reports of a model what their errors compare with: r2, and the errors of the training rows' mean and of the
 * linear model of the training rows, in the targets' units.
 *
 * @param splits - as `evaluatePredictions` reports them
 */
export function withBaselines(splits: SplitReports, dataset: Pick<DataSet, 'schema' | 'splits'>): SplitReports {
  const { schema, splits: rowsOf } = dataset;
  const outputs = schema.targets.length;
  const linear = linearModelOf(dataset);
  const means = schema.targets.map((_, output) => mean(columnOf(rowsOf.train, output, outputs)));
  const added: SplitReports = {};
  for (const name of splitNames) {
    const report = splits[name];
    if (report === undefined) continue;
    const rows = rowsOf[name];
    const predictions = predictLinear(linear, rows);
    const measure = (figures: OutputReport, output: number): OutputReport => {
      const scale = schema.targets[output]?.scale ?? 1;
      const truth = columnOf(rows, output, outputs);
      const error = (predict: (row: number) => number): number =>
        scale * Math.sqrt(mean(truth.map((value, row) => (value - predict(row)) ** 2)));
      const own = mean(truth);
      const varies = truth.some((value) => value !== truth[0]);
      return {
        ...figures,
        ...(varies ? { r2: 1 - (figures.rmse / error(() => own)) ** 2 } : {}),
        meanRmse: error(() => means[output] ?? 0),
        linearRmse: error((row) => predictions[row * outputs + output] ?? 0),
      };
    };
    added[name] = { ...report, outputs: report.outputs.map(measure) };
  }
  return added;
}

/** The scaled values of one target: [rows]. */
export const columnOf = ({ rows, targets }: SplitRows, output: number, outputs: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => targets[row * outputs + output] ?? 0);

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
