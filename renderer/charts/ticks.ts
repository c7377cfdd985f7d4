/** Multiples of 1, 2 or 5 times a power of ten. */

/**
 * Round values from `low` to `high`, rising: as many as there may be at most, and two at least wherever `most` is 5 or
 * more.
 */
export function roundTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  // One more at either end than there may be: 0.3 / 0.1 is a little less than 3.
  const first = Math.ceil(low / step) - 1;
  const count = Math.floor(high / step) - first + 2;
  // Without the noise of the multiplication; and zero has no sign.
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0).filter(
    (tick) => tick >= low && tick <= high,
  );
}
