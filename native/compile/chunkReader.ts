import { OrthantError } from '../contract/errors.ts';
import { copyRows, type RowArray } from './rowArray.ts';

/**
 * Copies the rows of the next steps, a chunk at a time, when the first of them is needed. A second thread that copies
 * ahead would gain little: with batches of 64 on two cores, copying is 1.5 % of a run of 784-784-1 (4 % of its
 * training), 3 % of 9-64-64-1 (7 %), and at most 9 % where rows are wide and steps are cheap (784-64-64-1: 20 %).
 *
 * The next rows are a guess ({@link expect}); rows that were not expected are copied when they are needed, so that a
 * wrong guess only makes chunks smaller.
 */
export class ChunkReader {
  /** Most rows of a chunk. */
  readonly chunkRows: number;
  /** Destination of the chunks: [chunkRows, width] each. */
  readonly arrays: readonly Float32Array[];
  readonly #sources: readonly RowArray[];
  #expected: Int32Array = new Int32Array();
  /** Expected rows before this position were already in a chunk. */
  #taken = 0;
  /** Rows of the current chunk, and the position in it after the last batch. */
  #current: Int32Array = new Int32Array();
  #cursor = 0;

  /**
   * @param sources - for example inputs and targets: row i of one belongs to row i of the other
   * @param chunkRows - most rows of a chunk; a multiple of the batch size, so that no batch is split
   */
  constructor(sources: readonly RowArray[], chunkRows: number) {
    this.chunkRows = chunkRows;
    this.#sources = sources;
    this.arrays = sources.map(({ width }) => new Float32Array(chunkRows * width));
  }

  /** Sets the next rows, in the order of the steps. */
  expect(rows: Int32Array): void {
    this.#expected = rows;
    this.#taken = 0;
  }

  /**
   * Makes sure that the first batch is in the current chunk.
   *
   * @param batches - rows of each step
   * @param replace - copies a new chunk to its user; called immediately if another chunk is needed. The arrays are
   *   [chunkRows, width] each; their end is meaningless if the chunk has fewer rows
   * @returns the position in the chunk of the first batch's first row, and the number of batches that follow there in
   *   order
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
      this.#current = this.#next(batches);
      this.#cursor = 0;
      this.#sources.forEach((source, i) => {
        copyRows(source, this.#current, this.arrays[i] ?? new Float32Array());
      });
      replace(this.arrays);
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

  /** Rows of the next chunk: the expected rows if they start with the first batch, else as many batches as fit. */
  #next(batches: readonly Int32Array[]): Int32Array {
    const expected = this.#expected.subarray(this.#taken, this.#taken + this.chunkRows);
    if (!startsWith(expected, 0, batches[0] ?? expected)) return joined(batches, this.chunkRows);
    this.#taken += expected.length;
    return expected;
  }
}

/** The rows of the first batches, up to `most` rows. */
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
