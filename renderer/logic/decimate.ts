/**
 * Thins a curve for drawing: of each bucket of neighbouring points the lowest and the highest stay, so that no peak is
 * lost. What is exported and read out by hover is the whole curve as the window has it.
 *
 * @param x - rising
 * @param series - curves over `x`; `null` is a gap
 * @param limit - about how many points are left
 * @returns the indices to keep, rising, the first and the last among them
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
