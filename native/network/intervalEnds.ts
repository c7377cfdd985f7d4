import { float32Ceiling, smallestNormal } from '../base/float32.ts';

/** The float32 at which intervals are cut: not below `epsilon`, on processors that flush denormal numbers either. */
export const intervalBound = (epsilon: number): number =>
  float32Ceiling(epsilon > 0 ? Math.max(epsilon, smallestNormal) : epsilon);

/**
 * The ends of each prediction's interval, none below the bound, in float32 as the exported graph computes them.
 *
 * @param predictions - in the targets' units, row-major [rows, targets]
 * @param halfWidths - one per target
 * @param epsilon - the bound of each target
 * @returns two arrays of the shape of `predictions`; NaN where the prediction is NaN
 */
export function intervalEnds(
  predictions: ArrayLike<number>,
  halfWidths: readonly number[],
  epsilon: readonly number[],
): { low: Float32Array; high: Float32Array } {
  const bounds = epsilon.map(intervalBound);
  const end = (sign: number): Float32Array =>
    Float32Array.from(predictions, (value, index) => {
      const output = index % halfWidths.length;
      return Math.max(bounds[output] ?? 0, Math.fround(value + sign * (halfWidths[output] ?? NaN)));
    });
  return { low: end(-1), high: end(1) };
}
