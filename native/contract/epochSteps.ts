/** The steps of a run. A network learns by steps, and an epoch of a small table has few of them. */

interface Batches {
  /** Rows per step; 0 means all rows. */
  readonly batchSize: number;
}

/** With fewer steps than this a network has rarely learned a table. */
export const usualSteps = 2000;

/** @param rows - rows of the training split */
export const stepsOfEpoch = ({ batchSize }: Batches, rows: number): number =>
  batchSize === 0 ? 1 : Math.max(1, Math.ceil(rows / batchSize));

/** Rounds a number of epochs up to one digit that is not 0, so that it is easy to read. */
export function roundEpochs(epochs: number): number {
  const size = 10 ** Math.floor(Math.log10(epochs));
  return Math.ceil(epochs / size) * size;
}
