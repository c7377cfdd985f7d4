const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 that is so many representable numbers above `value` (denormal ones included). */
function above(value: number, count: number): number {
  float[0] = value;
  // The bits of positive floats are ordered like integers, those of negative ones the other way round.
  const position = (bits[0] ?? 0) < 0 ? -((bits[0] ?? 0) & 0x7fff_ffff) : (bits[0] ?? 0);
  const target = position + count;
  bits[0] = target < 0 ? -target | 0x8000_0000 : target;
  return float[0];
}

/**
 * The smallest scaled float32 (up to a few units in the last place) that is at least `epsilon` after de-scaling,
 * however the de-scaling is rounded: as float32 `Math.fround(value * scale)`, as ONNX computes it, or in float64 with
 * the scale before its rounding to float32. A bias or an added constant of this size keeps `output >= epsilon`.
 *
 * @param epsilon - the bound in the target's own units
 * @param scale - standard deviation of the target, float32
 */
export function scaledBound(epsilon: number, scale: number): number {
  const holds = (value: number): boolean =>
    Math.fround(value * scale) >= epsilon &&
    value * scale * (1 - 2 ** -24) >= epsilon &&
    value * scale * (1 + 2 ** -24) >= epsilon;
  const quotient = Math.fround(epsilon / scale);
  // One or two steps are enough but for denormal numbers, which the doubling gets through.
  let value = quotient;
  for (let steps = 1; !holds(value); steps *= 2) value = above(quotient, steps);
  return value;
}
