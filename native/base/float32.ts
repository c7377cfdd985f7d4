/** The smallest normal float32. Smaller values count as 0 on processors that flush denormal numbers. */
export const smallestNormal = 2 ** -126;

/** The distance from the float32 nearest to `value` to the next larger one in absolute value. */
export const ulpOf = (value: number): number =>
  2 ** (Math.floor(Math.log2(Math.max(Math.abs(value), smallestNormal))) - 23);
