import type * as tfjs from '@tensorflow/tfjs-core';

/** A row-major array: [rows, width]. */
export interface RowArray {
  readonly values: Float32Array;
  readonly width: number;
}

/** Rows on the engine, or where the data set has them. */
export type Rows = tfjs.Tensor2D | RowArray;

export const isTensor = (rows: Rows): rows is tfjs.Tensor2D => 'dataId' in rows;

/** [rows, width] of either. */
export const shapeOf = (rows: Rows): readonly [number, number] =>
  isTensor(rows) ? rows.shape : [rows.values.length / rows.width, rows.width];
