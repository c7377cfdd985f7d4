const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The next larger float32. */
function nextUp(value: number): number {
  float[0] = value;
  if (float[0] === 0) return 2 ** -149;
  bits[0] = (bits[0] ?? 0) + (value > 0 ? 1 : -1);
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
  let value = Math.fround(epsilon / scale);
  while (!holds(value)) value = nextUp(value);
  return value;
}
