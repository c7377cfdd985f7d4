import { totalmem } from 'node:os';
import { gibibytes } from '../base/figures.ts';
import { OrthantError } from '../contract/errors.ts';
import { splitNames } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';

/**
 * Limits the data that the engine may hold. The data set itself is always in memory as float32 arrays. The engine has
 * an additional copy of inputs and training targets, from which a step gathers its rows directly. If this copy would be
 * larger than the limit, the engine gets the rows of the next steps in chunks instead. Results are the same bit for
 * bit.
 */

/** Share of the memory of the machine or container; the data set itself may take the same share again. */
const shareOfMemory = 0.25;
/** Share of a card's memory: the rest is for weights, activations and what XLA needs. */
const shareOfCard = 0.5;
/** Copies of a chunk while it is replaced: gathered, in transfer, and in use. */
const copiesOfChunk = 3;
/** Larger chunks save nothing: training on this many bytes takes far longer than loading them. */
const largestChunk = 64 * 2 ** 20;

const variable = 'ORTHANT_DATA_MEMORY';

/**
 * Bytes of data that the engine may hold: the environment variable `ORTHANT_DATA_MEMORY` in MiB, else a quarter of the
 * machine's memory, or half of the card's.
 *
 * @param cardBytes - memory of the card that trains, if one does
 * @throws OrthantError `usage` if the variable is not a positive number
 */
export function dataMemoryLimit(cardBytes: number | undefined, env: NodeJS.ProcessEnv = process.env): number {
  const wanted = env[variable];
  if (wanted !== undefined && wanted !== '') {
    const bytes = Number(wanted) * 2 ** 20;
    if (bytes > 0) return bytes;
    throw new OrthantError('usage', `${variable} is "${wanted}"; it should be a number of MiB above 0, such as 512.`);
  }
  if (cardBytes !== undefined) return shareOfCard * cardBytes;
  return shareOfMemory * Math.min(totalmem(), process.constrainedMemory() || Infinity);
}

/**
 * Rows of a training chunk; undefined if the engine can hold the data set, or if a step takes so many rows that chunks
 * would not be smaller.
 *
 * @param batchSize - rows of a step: a chunk holds whole batches, at least one
 */
export function chunkRowsWithin(
  limit: number,
  { splits }: Pick<DataSet, 'splits'>,
  batchSize: number,
): number | undefined {
  const { train } = splits;
  const floats = splitNames.reduce((sum, name) => sum + splits[name].inputs.length, train.targets.length);
  if (4 * floats <= limit) return undefined;
  const rowBytes = (4 * (train.inputs.length + train.targets.length)) / train.rows;
  const bytes = Math.min(largestChunk, limit / copiesOfChunk);
  const rows = Math.max(1, Math.floor(bytes / rowBytes / batchSize)) * batchSize;
  return rows < train.rows ? rows : undefined;
}

/** The warning that the data set is fed in chunks. */
export const chunkWarning = (limit: number, rows: number): string =>
  `The data set is larger than the ${size(limit)} that the engine may hold of it, so it is fed in chunks of ${rows} rows. ` +
  `The results are the same; ${variable} sets the limit in MiB.`;

const size = (bytes: number): string => (bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : gibibytes(bytes));
