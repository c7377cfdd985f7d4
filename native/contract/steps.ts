/** Steps of a run: what a network learns by, of which a small table has few in an epoch. */

interface Batches {
  /** Rows of a step; 0 stands for all of them. */
  readonly batchSize: number;
}

/** With fewer steps than these a network has seldom learned a table. */
export const usualSteps = 2000;
/** Of the smallest tables, which have a step an epoch: more are looked through after every one of them. */
const mostEpochs = 1000;
/** Of a table with steps enough in each, and of a configuration that says nothing of them. */
export const defaultEpochs = 20;

/** @param rows - of the training split */
export const stepsOfEpoch = ({ batchSize }: Batches, rows: number): number =>
  batchSize === 0 ? 1 : Math.max(1, Math.ceil(rows / batchSize));

/** A number of epochs that is easy to read: the next one with one digit that is not 0. */
export function roundEpochs(epochs: number): number {
  const size = 10 ** Math.floor(Math.log10(epochs));
  return Math.ceil(epochs / size) * size;
}

/**
 * Epochs where nobody has chosen them: those that make the usual number of steps, within bounds. A table with a hundred
 * steps an epoch or more has the default of every configuration.
 *
 * @param rows - of the training split
 */
export function epochsByRows(training: Batches, rows: number): number {
  const wanted = roundEpochs(usualSteps / stepsOfEpoch(training, rows));
  return Math.min(mostEpochs, Math.max(defaultEpochs, wanted));
}
