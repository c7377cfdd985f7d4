import type * as tfjs from '@tensorflow/tfjs-core';

/** A row-major array: [rows, width]. */
export interface RowArray {
  readonly values: Float32Array;
  readonly width: number;
}

/** Rows as a tensor on the engine, or as an array of the data set. */
export type Rows = tfjs.Tensor2D | RowArray;

export const isTensor = (rows: Rows): rows is tfjs.Tensor2D => 'dataId' in rows;

/** [rows, width] of either. */
export const shapeOf = (rows: Rows): readonly [number, number] =>
  isTensor(rows) ? rows.shape : [rows.values.length / rows.width, rows.width];

/** Copies rows to the beginning of `target`, one after the other. */
export function copyRows({ values, width }: RowArray, rows: Int32Array, target: Float32Array): void {
  rows.forEach((row, place) => {
    const [from, to] = [row * width, place * width];
    // A view costs more than a loop over few numbers.
    if (width > 32) target.set(values.subarray(from, from + width), to);
    else for (let i = 0; i < width; i++) target[to + i] = values[from + i] ?? 0;
  });
}
