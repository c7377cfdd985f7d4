import { Random } from '../base/random.ts';

/**
 * Which rows each step sees. The order of an epoch depends on (seed, epoch) alone, so a run that goes on in the middle
 * of an epoch draws the very same batches.
 */
export interface BatchPlan {
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  /** The different numbers of rows that steps have: the batch size, then that of a smaller last batch. */
  readonly sizes: readonly number[];
  /** Row numbers of all steps of an epoch (from 1), in order: every training row once. */
  order(epoch: number): Int32Array;
  /** Row numbers of step `step` (from 0) of an epoch with that order; the last batch may be smaller. */
  batch(order: Int32Array, step: number): Int32Array;
}

/** @param batchSize - rows in a step; 0, or more than there are, stands for all rows, which then keep their order */
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
