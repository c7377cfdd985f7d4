import { Worker } from 'node:worker_threads';
import { OrthantError } from '../contract/errors.ts';
import {
  assist,
  blocksDone,
  gatherBlocks,
  jobNumber,
  mostBlocks,
  nextBlock,
  rowCount,
  type GatherBuffers,
} from './gatherRows.ts';
import type { RowArray } from './rowArray.ts';

/** Bytes of a block, the smallest piece that a thread takes: large enough that taking it costs nothing. */
const blockBytes = 1 << 18;

/**
 * The rows of the steps to come, gathered into a chunk while the steps before them run.
 *
 * A step in TensorFlow is a native call that blocks this thread, so the next chunk is gathered by a thread of its own. It
 * reads the arrays where they are, which works for arrays on shared memory; others are gathered by this thread, when
 * they are needed. Against gathering everything on this thread, in pairs of runs on two busy cores (batch 64, 10,000 rows,
 * the least of 8 each): 784-64-64-1 trains in 3.1 s instead of 4.2 s and the whole run takes 10 % less; 784-784-1 trains
 * in 1.85 s instead of 1.97 s, 8 % less in all; with 9 inputs nothing is gained. What is prepared is a guess ({@link expect}): rows that were not expected are gathered on the spot,
 * so that a wrong guess costs time and nothing else.
 */
export class ChunkReader {
  /** Most rows of a chunk. */
  readonly chunkRows: number;
  readonly #buffers: GatherBuffers;
  readonly #worker: Worker | undefined;
  #expected: Int32Array = new Int32Array();
  /** Expected rows before this place have been in a chunk. */
  #taken = 0;
  /** Rows that are being prepared, or are ready. */
  #prepared: Int32Array | undefined;
  #job = 0;
  /** Rows of the chunk in use, and the place in it after the last batch. */
  #current: Int32Array = new Int32Array();
  #cursor = 0;

  /**
   * @param arrays - inputs and targets, say: row i of one belongs to row i of the other
   * @param chunkRows - most rows of a chunk; a multiple of the batch size, so that no batch is cut in two
   */
  constructor(arrays: readonly RowArray[], chunkRows: number) {
    this.chunkRows = chunkRows;
    const rowBytes = 4 * arrays.reduce((sum, { width }) => sum + width, 0);
    this.#buffers = {
      sources: arrays.map(({ values }) => values),
      targets: arrays.map(({ width }) => unalignedFloats(chunkRows * width)),
      widths: arrays.map(({ width }) => width),
      rows: new Int32Array(new SharedArrayBuffer(4 * chunkRows)),
      blockRows: Math.max(Math.ceil(chunkRows / mostBlocks), Math.ceil(blockBytes / rowBytes)),
      control: new Int32Array(new SharedArrayBuffer(16)),
    };
    if (arrays.every(({ values }) => values.buffer instanceof SharedArrayBuffer))
      this.#worker = startHelper(this.#buffers);
  }

  /** Where chunks are gathered: [chunkRows, width] each. */
  get arrays(): readonly Float32Array[] {
    return this.#buffers.targets;
  }

  /** Says which rows come next, in the order of the steps; the first chunk of them is begun. */
  expect(rows: Int32Array): void {
    this.#finish();
    this.#expected = rows;
    this.#taken = 0;
    this.#prepare();
  }

  /**
   * Makes sure that the first of the batches lies in the chunk in use.
   *
   * @param batches - rows of each step
   * @param replace - copies a new chunk to where it is used; called at once where another chunk is needed. The arrays are
   *   [chunkRows, width] each, their end meaningless where the chunk has fewer rows
   * @returns the place in the chunk of the first batch's first row, and how many of the batches follow there in order
   */
  find(
    batches: readonly Int32Array[],
    replace: (arrays: readonly Float32Array[]) => void,
  ): { readonly place: number; readonly batches: number } {
    const [first = new Int32Array()] = batches;
    if (first.length > this.chunkRows) {
      throw new OrthantError(
        'internal',
        `A batch of ${first.length} rows does not fit in a chunk of ${this.chunkRows}.`,
      );
    }
    if (!startsWith(this.#current, this.#cursor, first)) {
      this.#current = this.#bring(batches);
      this.#cursor = 0;
      replace(this.#buffers.targets);
      this.#prepare();
    }
    const place = this.#cursor;
    let found = 0;
    for (const batch of batches) {
      if (!startsWith(this.#current, this.#cursor, batch)) break;
      this.#cursor += batch.length;
      found++;
    }
    return { place, batches: found };
  }

  dispose(): void {
    void this.#worker?.terminate();
  }

  /** Waits for the chunk that begins with the first batch, or gathers one of as many batches as fit. */
  #bring(batches: readonly Int32Array[]): Int32Array {
    const prepared = this.#finish();
    if (prepared !== undefined && startsWith(prepared, 0, batches[0] ?? prepared)) {
      this.#taken += prepared.length;
      return prepared;
    }
    const rows = joined(batches, this.chunkRows);
    this.#begin(rows);
    this.#finish();
    return rows;
  }

  /** Begins the next expected chunk. */
  #prepare(): void {
    const rows = this.#expected.subarray(this.#taken, this.#taken + this.chunkRows);
    if (rows.length === 0) return;
    this.#begin(rows);
    this.#prepared = rows;
  }

  #begin(rows: Int32Array): void {
    const { control } = this.#buffers;
    this.#buffers.rows.set(rows);
    this.#job++;
    Atomics.store(control, rowCount, rows.length);
    Atomics.store(control, blocksDone, 0);
    Atomics.store(control, nextBlock, (this.#job & 0xfffff) << 12);
    Atomics.store(control, jobNumber, this.#job);
    Atomics.notify(control, jobNumber);
  }

  /** Does what is left of the job at work, and waits for what the helper has in hand. */
  #finish(): Int32Array | undefined {
    const { control, blockRows } = this.#buffers;
    const blocks = Math.ceil(Atomics.load(control, rowCount) / blockRows);
    gatherBlocks(this.#buffers, this.#job);
    for (let done = Atomics.load(control, blocksDone); done < blocks; done = Atomics.load(control, blocksDone)) {
      Atomics.wait(control, blocksDone, done);
    }
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return prepared;
  }
}

/** The rows of as many of the first batches as make no more than `most` rows. */
function joined(batches: readonly Int32Array[], most: number): Int32Array {
  const rows = new Int32Array(most);
  let length = 0;
  for (const batch of batches) {
    if (length + batch.length > most) break;
    rows.set(batch, length);
    length += batch.length;
  }
  return rows.subarray(0, length);
}

const startsWith = (rows: Int32Array, from: number, batch: Int32Array): boolean =>
  from + batch.length <= rows.length && batch.every((row, i) => row === rows[from + i]);

/**
 * Floats on shared memory that begin at an odd address. TensorFlow computes on aligned memory in place and copies other
 * memory first; in place, it would see a chunk change under it, and let go of it on a thread that must not touch
 * JavaScript's memory.
 */
const unalignedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(4 * length + 4), 4, length);

/** The helper, or none where it cannot be started: then this thread does all the work. */
function startHelper(buffers: GatherBuffers): Worker | undefined {
  const source = `(${assist.toString()})(require('node:worker_threads').workerData, ${gatherBlocks.toString()})`;
  try {
    const worker = new Worker(source, { eval: true, workerData: buffers, name: 'orthant-chunks' });
    // It takes part in a job only once it runs, so that one which cannot leaves the work to this thread.
    worker.on('error', () => undefined);
    worker.unref();
    return worker;
  } catch {
    return undefined;
  }
}
