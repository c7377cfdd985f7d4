import { float32Above, smallestNormal } from '../base/float32.ts';

const flushed = (value: number): number => (Math.abs(value) < smallestNormal ? 0 : value);

/**
 * The smallest result of de-scaling `value`: as float32 `Math.fround(value * scale)`, as ONNX computes it, with or
 * without denormal numbers, or in float64 with the scale before or after its rounding to float32. De-scaling keeps the
 * order, so this is a lower bound for every scaled output that is not below `value`.
 *
 * @param value - float32, or a lower bound of one
 * @param scale - scale of the target, float64
 */
export function leastDescaled(value: number, scale: number): number {
  const factor = Math.fround(scale);
  const product = value * factor;
  const withoutDenormals = flushed(Math.fround(flushed(value) * flushed(factor)));
  return Math.min(product, value * scale, Math.fround(product), withoutDenormals);
}

/**
 * The smallest scaled float32 (up to a few units in the last place) that is at least `epsilon` after de-scaling,
 * however the de-scaling is rounded (see {@link leastDescaled}) and for every scale that rounds to the float32 one. A
 * bias or an added constant of this size keeps `output >= epsilon`.
 *
 * @param epsilon - the bound in the target's units
 * @param scale - standard deviation of the target, float32
 * @returns Infinity if no float32 is large enough
 */
export function scaledBound(epsilon: number, scale: number): number {
  // Half a unit in the last place, which is relatively larger if the scale is denormal.
  const rounding = Math.max(2 ** -24, 2 ** -150 / scale);
  const holds = (value: number): boolean =>
    leastDescaled(value, scale) >= epsilon &&
    value * scale * (1 - rounding) >= epsilon &&
    value * scale * (1 + rounding) >= epsilon;
  const quotient = Math.fround(
    epsilon > 0 ? Math.max(Math.max(epsilon, smallestNormal) / scale, smallestNormal) : epsilon / scale,
  );
  // One or two steps are enough, except for denormal numbers, which need the doubling.
  let value = quotient;
  for (let steps = 1; value < Infinity && !holds(value); steps *= 2) value = float32Above(quotient, steps);
  return value;
}
