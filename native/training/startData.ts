import type { DataSet } from '../data/dataset.ts';
import type { StartData } from '../network/startAtData.ts';
import { linearModelOf } from './linearModel.ts';

/** Quantile of a target below which a last bias need not start. */
const lowShare = 0.01;

/** Rows for the mean outputs of a new network. */
const mostRows = 4096;

/** Facts about the training rows at which a network starts. */
export function startData(dataset: DataSet): StartData {
  const { schema, splits } = dataset;
  const { train } = splits;
  const outputs = schema.targets.length;
  const features = train.inputs.length / train.rows;
  const columns = schema.targets.map((_, output) =>
    Float64Array.from({ length: train.rows }, (_, row) => train.targets[row * outputs + output] ?? 0),
  );
  return {
    // Rows are in the order of the file, which may be sorted.
    inputs: evenRows(train.inputs, features, mostRows),
    means: columns.map((values) => values.reduce((sum, value) => sum + value, 0) / train.rows),
    lows: columns.map((values) => values.sort()[Math.floor(lowShare * (train.rows - 1))] ?? 0),
    linear: () => linearModelOf(dataset),
  };
}

/** At most `most` rows, evenly taken: row-major [rows, features]. */
function evenRows(values: Float32Array, features: number, most: number): Float32Array {
  const rows = values.length / features;
  if (rows <= most) return values;
  const taken = new Float32Array(most * features);
  for (let i = 0; i < most; i++) {
    const row = Math.floor((i * rows) / most);
    taken.set(values.subarray(row * features, (row + 1) * features), i * features);
  }
  return taken;
}
