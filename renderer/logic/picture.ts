/** Inputs that form a square picture: 784 = 28 x 28. */

/** The smallest picture worth showing: smaller squares are ordinary tables with 4, 9, 16, ... columns. */
const smallestSide = 8;

/** Side of the picture that so many inputs form, or `undefined`. */
export function pictureSide(inputs: number): number | undefined {
  const side = Math.sqrt(inputs);
  return Number.isInteger(side) && side >= smallestSide ? side : undefined;
}

/** One grey value (0 to 255) a pixel, the darkest being the smallest value present. A missing one is `null`. */
export function greyValues(values: readonly (number | null)[]): (number | null)[] {
  const present = values.filter((value) => value !== null);
  let low = Infinity;
  let high = -Infinity;
  for (const value of present) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low || 1;
  return values.map((value) => (value === null ? null : Math.round(((value - low) / range) * 255)));
}
