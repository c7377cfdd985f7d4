/** Multiples of 1, 2 or 5 times a power of ten. */

/**
 * Round values from `low` to `high`, rising: at most `most`, and at least two if `most` is 5 or more.
 */
export function roundTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  // One extra at each end, because 0.3 / 0.1 is a little less than 3.
  const first = Math.ceil(low / step) - 1;
  const count = Math.floor(high / step) - first + 2;
  // Remove rounding noise and the sign of zero.
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0).filter(
    (tick) => tick >= low && tick <= high,
  );
}
