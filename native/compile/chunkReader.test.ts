import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkReader } from './chunkReader.ts';
import type { RowArray } from './rowArray.ts';

/** Row r of an array holds 1000 r + 0, 1000 r + 1, ...: a value shows its origin. */
function numbered(rows: number, width: number): RowArray {
  const values = new Float32Array(rows * width);
  values.forEach((_, i) => (values[i] = 1000 * Math.floor(i / width) + (i % width)));
  return { values, width };
}

/** Imitates training: takes several batches at a time and copies each chunk it gets. Returns the rows it saw. */
function readAll(
  reader: ChunkReader,
  widths: readonly number[],
  batches: readonly Int32Array[],
  atOnce: number,
): { rows: number[][]; chunks: number } {
  let copies: Float32Array[] = [];
  const rows: number[][] = [];
  let chunks = 0;
  for (let first = 0; first < batches.length;) {
    const { place, batches: found } = reader.find(batches.slice(first, first + atOnce), (arrays) => {
      chunks++;
      copies = arrays.map((values) => values.slice());
    });
    expect(found).toBeGreaterThan(0);
    let at = place;
    for (const batch of batches.slice(first, first + found)) {
      for (let end = at + batch.length; at < end; at++) {
        rows.push(copies.flatMap((values, i) => [...values.subarray(at * widths[i]!, (at + 1) * widths[i]!)]));
      }
    }
    first += found;
  }
  return { rows, chunks };
}

const expectedRows = (batches: readonly Int32Array[], widths: readonly number[]): number[][] =>
  batches.flatMap((batch) =>
    [...batch].map((row) => widths.flatMap((width) => Array.from({ length: width }, (_, i) => 1000 * row + i))),
  );

describe('a reader of chunks', () => {
  it('delivers the rows of any batches in any order, expected or not', () => {
    const batchesOf = (rows: number) =>
      fc.array(fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1, maxLength: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.record({ taken: batchesOf(50), expected: batchesOf(50) }),
        fc.boolean(),
        fc.integer({ min: 6, max: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom([3, 1], [40, 2]),
        ({ taken, expected }, right, chunkRows, atOnce, widths) => {
          const reader = new ChunkReader(
            widths.map((width) => numbered(50, width)),
            chunkRows,
          );
          const batches = taken.map((batch) => Int32Array.from(batch));
          reader.expect(Int32Array.from((right ? taken : expected).flat()));
          const { rows } = readAll(reader, widths, batches, atOnce);
          expect(rows).toEqual(expectedRows(batches, widths));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gathers the expected rows chunk by chunk, and no row twice', () => {
    const reader = new ChunkReader([numbered(1000, 4)], 64);
    const order = Int32Array.from({ length: 1000 }, (_, i) => (i * 377) % 1000);
    const batches = Array.from({ length: 63 }, (_, step) => order.subarray(step * 16, (step + 1) * 16));
    reader.expect(order);
    const { rows, chunks } = readAll(reader, [4], batches, 3);
    expect(rows).toEqual(expectedRows(batches, [4]));
    expect(chunks).toBe(Math.ceil(1000 / 64));
  });

  it('refuses a batch that no chunk can hold', () => {
    const reader = new ChunkReader([numbered(10, 1)], 4);
    expect(() => reader.find([new Int32Array(5)], () => undefined)).toThrow(/5 rows does not fit in a chunk of 4/);
  });
});
