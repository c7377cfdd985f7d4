import { smallestNormal } from '../base/float32.ts';
import type { ValueRange } from './activations.ts';

/** Half a unit in the last place of float32, relative to the number. */
const unit = 2 ** -24;

/**
 * Implementations of tanh, sigmoid and exp differ by a few units in the last place: a feature may leave its range by
 * this share of the range's end. It cannot pass 0, which is an end where a function is exactly 0 or clipped.
 */
const leeway = 2 ** -20;

/** The features that an implementation in float32 may give for an activation with this range. */
export const computedRange = ([least, most]: ValueRange): ValueRange => [least * (1 + leeway), most * (1 + leeway)];

/**
 * The lowest float32 value of `b + Σ_j w_j z_j` for features z_j in `range`: exactly
 *
 *     b - S,   S = Σ_j max(-w_j least, -w_j most)
 *
 * and, rounded in any order of summation, with or without fused products and denormal numbers, at least
 *
 *     b - S - γ (|b| + S) - 2 m 2^-126,   γ = m u / (1 - m u),   u = 2^-24,   m = 1 + number of terms of S above 0
 *
 * since rounded sums and products never fall when a term rises, so that the lowest value belongs to the features that
 * S takes; there, terms of 0 change nothing, each other one passes at most m roundings (Higham, Accuracy and Stability
 * of Numerical Algorithms, 2002, section 3.1), and each of the 2 m - 1 operations loses at most 2^-126 if denormal
 * numbers are flushed to 0. With no term above 0, where weights and features are at least 0, the value is b itself (or
 * 0 for a flushed denormal b).
 *
 * @param weights - float32, [features]
 * @param bias - float32
 * @param range - see {@link computedRange}; an end may be infinite
 * @returns `value`, rounded downwards, and `lowering`, S; `value` is -Infinity if nothing limits it or float32 overflows
 */
export function lowestSum(
  weights: readonly number[],
  bias: number,
  [least, most]: ValueRange,
): { readonly value: number; readonly lowering: number } {
  const terms = weights.map((weight) => (weight === 0 ? 0 : Math.max(-weight * least, -weight * most)));
  const lowering = terms.reduce((sum, term) => sum + term, 0);
  const count = terms.filter((term) => term > 0).length;
  if (count === 0) return { value: bias, lowering: 0 };
  const size = Math.abs(bias) + lowering;
  if (size > 2 ** 126) return { value: -Infinity, lowering };
  const roundings = count + 1;
  const error = ((roundings * unit) / (1 - roundings * unit)) * size + 2 * roundings * smallestNormal;
  // The last factor is more than the float64 roundings of this function, of which each term passes at most `roundings`.
  return { value: bias - lowering - error * (1 + leeway), lowering };
}

/**
 * What a bias computed in float32 must have beyond `floor + S` so that {@link lowestSum} is at least `floor`: for `n`
 * features S is summed with at most n + 3 roundings and the bias with 4, and `lowestSum` subtracts at most n + 1 units
 * of |b| and of S, which are |floor| + S and S; 4 n + 16 units of each cover them up to n = 2^17.
 *
 * @returns `share` of |floor| and of S, and `smallest`, far above what denormal numbers lose
 */
export const sumMargin = (features: number): { readonly share: number; readonly smallest: number } => ({
  share: (4 * features + 16) * unit,
  smallest: (features + 1) * 2 ** 6 * smallestNormal,
});
