/**
 * Thins a curve for drawing: each bucket of neighbouring points keeps its lowest and highest one, so that no peak is
 * lost. Exports and hover values use the full curve.
 *
 * @param x - rising
 * @param series - curves over `x`; `null` is a gap
 * @param limit - approximate number of points to keep
 * @returns the indices to keep, rising, including the first and the last
 */
export function decimate(
  x: readonly number[],
  series: readonly (readonly (number | null)[])[],
  limit: number,
): number[] {
  const { length } = x;
  if (length <= limit) return x.map((_, index) => index);
  const perBucket = 2 * Math.max(1, series.length);
  const buckets = Math.max(1, Math.floor((limit - 2) / perBucket));
  const keep = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = Math.floor((bucket * length) / buckets);
    const to = Math.floor(((bucket + 1) * length) / buckets);
    for (const values of series) {
      let low = -1;
      let high = -1;
      for (let index = from; index < to; index += 1) {
        const value = values[index];
        if (value === null || value === undefined) continue;
        if (low < 0 || value < (values[low] ?? Infinity)) low = index;
        if (high < 0 || value > (values[high] ?? -Infinity)) high = index;
      }
      if (low >= 0) keep.add(low);
      if (high >= 0) keep.add(high);
    }
  }
  return [...keep].sort((a, b) => a - b);
}
