import { Random } from '../base/random.ts';

/**
 * Selects the rows of each step. The order of an epoch depends only on (seed, epoch), so a run that is resumed in the
 * middle of an epoch draws the same batches.
 */
export interface BatchPlan {
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  /** Numbers of rows in a step: the batch size, then the size of a smaller last batch, if any. */
  readonly sizes: readonly number[];
  /** Row numbers of all steps of an epoch (from 1), in order: every training row once. */
  order(epoch: number): Int32Array;
  /** Row numbers of step `step` (from 0) in an epoch with this order; the last batch may be smaller. */
  batch(order: Int32Array, step: number): Int32Array;
}

/** @param batchSize - rows in a step; 0, or more than `rows`, means all rows, which then keep their order */
export function planBatches(rows: number, batchSize: number, seed: number): BatchPlan {
  const size = batchSize === 0 ? rows : Math.min(batchSize, rows);
  return {
    batchSize: size,
    stepsPerEpoch: Math.ceil(rows / size),
    sizes: rows % size === 0 ? [size] : [size, rows % size],
    order: (epoch) =>
      size === rows
        ? Int32Array.from({ length: rows }, (_, row) => row)
        : new Random(seed, 'row order', epoch).permutation(rows),
    batch: (order, step) => order.subarray(step * size, Math.min((step + 1) * size, rows)),
  };
}
