import type { Distribution } from '../contract/results.ts';
import type { TargetBound } from './evaluate.ts';

const wantedBins = 60;

/**
 * Distribution of each output's predictions, for the window's strip: counts in bins of equal width, with zero on the
 * border of two bins, so that no bin mixes negative and positive predictions.
 *
 * @param predictions - scaled, row-major [rows, targets.length]; counted in the targets' own units
 */
export function distributionOf(targets: readonly TargetBound[], predictions: Float32Array): Distribution[] {
  return targets.map(({ name, scale }, output) => {
    const factor = Math.fround(scale);
    const values = new Float32Array(predictions.length / targets.length);
    for (let row = 0; row < values.length; row++) {
      values[row] = (predictions[row * targets.length + output] ?? 0) * factor;
    }
    return { name, ...histogram(values) };
  });
}

function histogram(values: Float32Array): Omit<Distribution, 'name'> {
  let [lowest, highest] = [Infinity, -Infinity];
  // Loops by index: an iterator takes twice as long, and every epoch counts all training rows.
  const { length } = values;
  for (let row = 0; row < length; row++) {
    const value = values[row] ?? 0;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  // A constant network has one bin, as wide as the absolute value of its output.
  const width = (highest - lowest) / wantedBins || Math.abs(lowest) || 1;
  const mixed = lowest < 0 && highest >= 0;
  // Bins are counted from `origin`: zero if both signs occur, else the lowest value.
  const origin = mixed ? 0 : lowest;
  const before = mixed ? Math.ceil(-lowest / width) : 0;
  const bins = before + Math.max(1, Math.ceil((highest - origin) / width));
  const counts = new Array<number>(bins).fill(0);
  for (let row = 0; row < length; row++) {
    const value = values[row] ?? 0;
    const bin = Math.max(0, Math.min(bins - 1, before + Math.floor((value - origin) / width)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const to = origin + (bins - before) * width;
  // Rounding must not move the border of negative values above zero.
  return { from: origin - before * width, to: highest < 0 ? Math.min(to, 0) : to, counts };
}
