import type * as tfjs from '@tensorflow/tfjs-core';
import { splitNames, type SplitName } from '../contract/results.ts';
import { copyRows, isTensor, type RowArray, type Rows } from '../compile/rowArray.ts';
import type { DataSet } from '../data/dataset.ts';

/** The rows of a run for training and evaluation. */
export interface TrainingRows {
  /** Number of training rows. */
  readonly count: number;
  /** Training split, scaled, as arrays of the data set. */
  readonly inputs: RowArray;
  readonly targets: RowArray;
  /** The same as tensors on the engine; undefined if they would be too large. */
  readonly resident: { readonly inputs: tfjs.Tensor2D; readonly targets: tfjs.Tensor2D } | undefined;
  /** Rows of a chunk, if the training split is not resident. */
  readonly chunkRows: number;
  /** Scaled inputs of the splits that have rows. */
  readonly splits: Readonly<Partial<Record<SplitName, Rows>>>;
  dispose(): void;
}

/**
 * @param chunkRows - rows of a chunk if the data set is too large for the engine; undefined makes it resident
 */
export function createTrainingRows(
  tf: typeof tfjs,
  { schema, splits }: DataSet,
  features: number,
  chunkRows: number | undefined,
): TrainingRows {
  const { train } = splits;
  const inputs = { values: train.inputs, width: features };
  const targets = { values: train.targets, width: schema.targets.length };
  const onEngine = ({ values, width }: RowArray): tfjs.Tensor2D => tf.tensor2d(values, [values.length / width, width]);
  const place = (split: RowArray): Rows => (chunkRows === undefined ? onEngine(split) : split);
  const resident = chunkRows === undefined ? { inputs: onEngine(inputs), targets: onEngine(targets) } : undefined;
  const used = splitNames.filter((split) => splits[split].rows > 0);
  const splitInputs: Partial<Record<SplitName, Rows>> = Object.fromEntries(
    used.map((split) => [
      split,
      split === 'train' && resident !== undefined
        ? resident.inputs
        : place({ values: splits[split].inputs, width: features }),
    ]),
  );
  return {
    count: train.rows,
    inputs,
    targets,
    resident,
    chunkRows: chunkRows ?? train.rows,
    splits: splitInputs,
    dispose: () => {
      tf.dispose([Object.values(splitInputs).filter(isTensor), resident?.targets ?? []]);
    },
  };
}

/** Copies rows of an array to a new tensor. */
export function gatherTensor(tf: typeof tfjs, source: RowArray, rows: Int32Array): tfjs.Tensor2D {
  const gathered = new Float32Array(rows.length * source.width);
  copyRows(source, rows, gathered);
  return tf.tensor2d(gathered, [rows.length, source.width]);
}
