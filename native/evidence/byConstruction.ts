import { activationFunctions } from '../network/activations.ts';
import { leastDescaled } from '../network/bound.ts';
import type { DenseLayer, Model } from '../network/model.ts';
import { computedRange, lowestSum } from '../network/lowestSum.ts';
import { figure, figureAbove, figureBelow, readable } from '../base/figures.ts';

/** Proof that one output is never below its bound, or the reason why the weights do not prove it. */
export interface OutputProof {
  readonly output: string;
  readonly holds: boolean;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Proves from the stored float32 weights alone which outputs are never below epsilon for any input; the training method
 * does not matter.
 *
 * prediction = fround(scaled * fround(scale)), as the exported graph computes it; the bound must also hold for the
 * unrounded product, and if denormal numbers are flushed to 0 (see `leastDescaled`). The proof allows for the rounding of
 * the last layer's sums in float32 (see `lowestSum`), and multiplying by a positive scale keeps the order. An input that
 * overflows float32 in the network (0 · ∞) gives NaN, which is neither below epsilon nor a number.
 */
export function proveByConstruction(model: Model): OutputProof[] {
  return model.schema.targets.map(({ name, scale }, output) => {
    const bound = model.epsilon[output] ?? 0;
    const { floor, reason } =
      model.transform === undefined ? linearFloor(model, output) : transformFloor(model, output);
    if (floor === undefined) return { output: name, holds: false, reason };
    const lowest = leastDescaled(floor, scale);
    const holds = lowest >= bound;
    return {
      output: name,
      holds,
      reason: `${reason}, so no prediction is below ${readable(figureBelow(lowest))}${holds ? '' : `, which is less than the bound ${readable(bound)}`}.`,
    };
  });
}

/** A lower bound of the scaled output for every input, if the weights prove one. */
interface Floor {
  readonly floor?: number;
  readonly reason: string;
}

/** factor * max(transform, 0) + epsilon is at least epsilon. */
function transformFloor(model: Model, output: number): Floor {
  const { kind, epsilon, factor } = model.transform ?? {};
  const floor = epsilon?.[output];
  const multiplier = factor === undefined ? 1 : (factor[output] ?? NaN);
  if (kind === undefined || floor === undefined || !Number.isFinite(floor) || !model.layers.every(isFinite)) {
    return { reason: 'The stored weights are not finite numbers.' };
  }
  if (!(multiplier > 0 && multiplier < Infinity)) {
    return { reason: `The factor of the output transform is ${readable(figure(multiplier))}, not a number above 0.` };
  }
  return {
    floor,
    reason: `The output transform ${kind} is never negative${factor === undefined ? '' : `, ${readable(figure(multiplier))} multiplies it`} and ${readable(figure(floor))} is added to it`,
  };
}

/** The lowest sum of bias and weighted features, if the features' activation limits it. */
function linearFloor(model: Model, output: number): Floor {
  const last = model.layers.at(-1);
  if (last === undefined || !model.layers.every(isFinite)) {
    return { reason: 'The stored weights are not finite numbers.' };
  }
  const column = Array.from({ length: last.inputs }, (_, feature) => last.kernel[feature * last.units + output] ?? 0);
  const bias = last.bias[output] ?? 0;
  const shown = readable(figure(bias));
  if (column.every((weight) => weight === 0)) {
    return { floor: bias, reason: `All last-layer weights are zero and the bias is ${shown}` };
  }
  const features = model.layers.at(-2);
  const negative = column.filter((weight) => weight < 0).length;
  const { range } = activationFunctions[features?.activation ?? 'none'];
  const [least, most] = range;
  if (negative > 0 && most === Infinity)
    return { reason: `${readable(negative)} of ${readable(column.length)} last-layer weights are negative.` };
  if (features === undefined) {
    return { reason: 'Without a hidden layer the features are the inputs, which may be negative.' };
  }
  const { activation } = features;
  if (least === -Infinity) return { reason: `Nothing limits how low ${activation} features can be in float32.` };
  const { value, lowering } = lowestSum(column, bias, computedRange(range));
  if (value === -Infinity) return { reason: 'The last layer may overflow float32.' };
  if (negative === 0 && least === 0) {
    return {
      floor: value,
      reason: `The last-layer weights are at least 0 on ${activation} features, which are never negative, and the bias is ${shown}`,
    };
  }
  const limits = most === Infinity ? `are never below ${least}` : `lie between ${least} and ${most}`;
  return {
    floor: value,
    reason: `${activation} features ${limits} and lower the bias, ${shown}, by at most ${readable(figureAbove(lowering))} in float32`,
  };
}

function isFinite(layer: DenseLayer): boolean {
  return layer.kernel.every(Number.isFinite) && layer.bias.every(Number.isFinite);
}
