import { Random } from '../../../native/base/random.ts';
import type { RawColumn } from '../../../native/data/encode.ts';
import { openOnnx } from '../../../native/export/predictOnnx.ts';

/** The training rows' range of each number, and categories of every other column. */
export type Box = Readonly<Record<string, { low: number; high: number } | { categories: string[] }>>;

/** Points drawn at once: 784 columns of them take 125 MB. */
const chunkRows = 20_000;

/**
 * Share of uniform points of the box (seed 0) at which an exported model is below its bound.
 *
 * @param file - the run's .onnx file
 * @returns one share for each of `targets`
 */
export async function shareBelow(
  file: string,
  targets: readonly string[],
  box: Box,
  points: number,
): Promise<number[]> {
  const predictor = await openOnnx(file);
  try {
    const { schema, epsilon } = predictor.metadata;
    const bounds = schema.targets.map(({ name }) => epsilon[name] ?? 0);
    const columns = schema.inputs.map(({ column }, index) => ({
      column,
      draw: drawColumn(box, column, new Random(0, 'box', index)),
    }));
    const below = bounds.map(() => 0);
    for (let first = 0; first < points; first += chunkRows) {
      const rows = Math.min(chunkRows, points - first);
      const drawn = new Map(columns.map(({ column, draw }) => [column, draw(rows)]));
      const { predictions, usable } = await predictor.predict(drawn, rows);
      if (usable.includes(0)) throw new Error('The model has no prediction at some points of the training box.');
      predictions.forEach((value, index) => {
        const target = index % bounds.length;
        if (value < (bounds[target] ?? 0)) below[target] = (below[target] ?? 0) + 1;
      });
    }
    return targets.map((target) => (below[schema.targets.findIndex(({ name }) => name === target)] ?? NaN) / points);
  } finally {
    await predictor.close();
  }
}

function drawColumn(box: Box, column: string, random: Random): (rows: number) => RawColumn {
  const side = box[column];
  if (side === undefined) throw new Error(`The training box has no column "${column}".`);
  if ('low' in side) {
    const { low, high } = side;
    return (rows) => Float64Array.from({ length: rows }, () => random.uniform(low, high));
  }
  const { categories } = side;
  return (rows) => Array.from({ length: rows }, () => categories[random.below(categories.length)] ?? null);
}
