/** The smallest normal float32. Smaller values count as 0 on processors that flush denormal numbers. */
export const smallestNormal = 2 ** -126;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

const infinityBits = 0x7f80_0000;

/** The float32 that is `count` representable numbers above the float32 `value`, denormal numbers included. */
export function float32Above(value: number, count: number): number {
  float[0] = value;
  // The bits of positive floats are ordered like integers, those of negative floats in reverse.
  const position = (bits[0] ?? 0) < 0 ? -((bits[0] ?? 0) & 0x7fff_ffff) : (bits[0] ?? 0);
  const target = Math.min(position + count, infinityBits);
  bits[0] = target < 0 ? -target | 0x8000_0000 : target;
  return float[0];
}

/** The smallest float32 that is not below `value`. */
export function float32Ceiling(value: number): number {
  const nearest = Math.fround(value);
  return nearest < value ? float32Above(nearest, 1) : nearest;
}

/** The distance from the float32 nearest to `value` to the next larger one in absolute value. */
export const ulpOf = (value: number): number =>
  2 ** (Math.floor(Math.log2(Math.max(Math.abs(value), smallestNormal))) - 23);
