import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { activationSchema, type Activation } from '../contract/configuration.ts';
import { Random } from '../base/random.ts';
import { scaledBound } from '../network/bound.ts';
import { forward } from '../network/forward.ts';
import { outputTransforms, type Model, type OutputTransformKind } from '../network/model.ts';
import { predict } from '../network/predict.ts';
import { nonNegativeFunctions } from '../network/transforms.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { proveByConstruction } from './byConstruction.ts';

let tf: EngineRuntime['tf'];
beforeAll(async () => {
  ({ tf } = await openEngine({ engine: 'wasm' }));
});

interface Recipe {
  readonly seed: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly scales: readonly number[];
  readonly epsilon: number;
  /** Weights of the last layer. */
  readonly last: 'any' | 'non-negative' | 'zero';
  /** Last bias: the scaled bound, the rounded quotient, slightly below the bound, a little above what tanh needs, or random. */
  readonly bias: 'bound' | 'rounded' | 'below' | 'covered' | 'any';
  readonly transform: OutputTransformKind | undefined;
}

/** A model with two inputs and two outputs. */
function build({ seed, hidden, activation, scales, epsilon, last, bias, transform }: Recipe): Model {
  const random = new Random(seed, 'model');
  const sizes = [2, ...hidden, 2];
  const layers = sizes.slice(1).map((units, i) => {
    const inputs = sizes[i] ?? 0;
    const isLast = i === hidden.length;
    return {
      inputs,
      units,
      kernel: Float32Array.from({ length: inputs * units }, () => {
        const weight = random.normal();
        if (!isLast || last === 'any') return weight;
        return last === 'zero' ? 0 : Math.abs(weight);
      }),
      bias: Float32Array.from({ length: units }, (_, unit) => {
        const bound = scaledBound(epsilon, Math.fround(scales[unit] ?? 1));
        if (!isLast || bias === 'any') return random.normal();
        if (bias === 'rounded') return epsilon / (scales[unit] ?? 1);
        return bias !== 'below' ? bound : bound - Math.abs(bound) * 1e-6 - 1e-20;
      }),
      activation: isLast ? ('none' as const) : activation,
    };
  });
  const { kernel, bias: biases, units } = layers[hidden.length]!;
  if (bias === 'covered') kernel.forEach((weight, i) => (biases[i % units]! += Math.abs(weight) * (1 + 1e-5)));
  return {
    schema: {
      inputs: ['a', 'b'].map((column) => ({ kind: 'number', column, shift: 0, scale: 1 })),
      targets: scales.map((scale, i) => ({ name: `y${i}`, scale })),
    },
    layers,
    ...(transform === undefined
      ? {}
      : {
          transform: {
            kind: transform,
            epsilon: Float32Array.from(scales, (scale) => scaledBound(epsilon, Math.fround(scale))),
          },
        }),
    epsilon: [epsilon, epsilon],
  };
}

/** Predictions in float32 on the engine, in the targets' units. */
function predictFloat32(model: Model, inputs: Float32Array): number[][] {
  return tf.tidy(() => {
    const layers = model.layers.map(({ kernel, bias, inputs: from, units }) => ({
      kernel: tf.tensor2d(kernel, [from, units]),
      bias: tf.tensor1d(bias),
    }));
    const hidden = model.layers.slice(0, -1).map(({ activation }) => activation);
    const linear = forward(tf, tf.tensor2d(inputs, [inputs.length / 2, 2]), layers, hidden);
    const { transform } = model;
    const scaled =
      transform === undefined
        ? linear
        : tf.add(tf.relu(nonNegativeFunctions[transform.kind].tensor(tf, linear)), tf.tensor1d(transform.epsilon));
    return inUnits(model, scaled.dataSync());
  });
}

function inUnits({ schema }: Model, scaled: ArrayLike<number>, float32 = true): number[][] {
  return schema.targets.map(({ scale }, output) =>
    Array.from(scaled)
      .filter((_, i) => i % 2 === output)
      .map((value) => (float32 ? Math.fround(value * Math.fround(scale)) : value * scale)),
  );
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  seed: fc.nat(),
  hidden: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
  activation: fc.constantFrom(...activationSchema.options),
  scales: fc.tuple(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), fc.double({ min: 1e-3, max: 1e4, noNaN: true })),
  epsilon: fc.constantFrom(0, 0.1, 0.7, 3, -2),
  last: fc.constantFrom('any', 'non-negative', 'zero'),
  bias: fc.constantFrom('bound', 'rounded', 'below', 'covered', 'any'),
  transform: fc.option(fc.constantFrom(...outputTransforms), { nil: undefined, freq: 3 }),
});
const inputs = fc.tuple(fc.nat(), fc.constantFrom(1, 10, 1000)).map(([seed, size]) => {
  const random = new Random(seed, 'inputs');
  return Float32Array.from({ length: 80 }, () => size * random.normal());
});

describe('proveByConstruction', () => {
  it('is never contradicted, in float32 or in float64', () => {
    let proved = 0;
    fc.assert(
      fc.property(recipe, inputs, (how, x) => {
        const model = build(how);
        const float32 = predictFloat32(model, x);
        const float64 = inUnits(model, predict(model, x), false);
        proveByConstruction(model).forEach(({ holds, reason }, output) => {
          if (!holds) return;
          proved++;
          expect(Math.min(...(float32[output] ?? [])), reason).toBeGreaterThanOrEqual(how.epsilon);
          expect(Math.min(...(float64[output] ?? [])), reason).toBeGreaterThanOrEqual(how.epsilon);
        });
      }),
      { numRuns: 600 },
    );
    expect(proved).toBeGreaterThan(100);
  });

  const nonNegative: Recipe = {
    seed: 3,
    hidden: [4, 4],
    activation: 'relu',
    scales: [3, 0.7],
    epsilon: 0.7,
    last: 'non-negative',
    bias: 'bound',
    transform: undefined,
  };
  const holds = (model: Model): boolean[] => proveByConstruction(model).map((proof) => proof.holds);

  it('holds for non-negative weights on features that are never negative', () => {
    for (const activation of ['relu', 'sigmoid', 'softplus'] as const) {
      expect(holds(build({ ...nonNegative, activation }))).toEqual([true, true]);
    }
    // Of these, elu and tanh have a lower limit, but the bias does not allow for it.
    for (const activation of ['leaky-relu', 'elu', 'tanh', 'gelu', 'none'] as const) {
      expect(holds(build({ ...nonNegative, activation }))).toEqual([false, false]);
    }
    expect(holds(build({ ...nonNegative, hidden: [] }))).toEqual([false, false]);
  });

  /** A model whose last biases are raised over the bound by `share` of what they need for the lowest features. */
  function covered(activation: Activation, share: number): Model {
    const last = activation === 'elu' ? 'non-negative' : 'any';
    const model = build({ ...nonNegative, activation, last });
    const { kernel, bias, units } = model.layers.at(-1)!;
    kernel.forEach((weight, i) => {
      const lowering = activation === 'sigmoid' ? Math.max(-weight, 0) : Math.abs(weight);
      bias[i % units]! += lowering * share;
    });
    return model;
  }

  it('holds for weights of any sign on bounded features if the bias covers them, and says why', () => {
    for (const activation of ['tanh', 'sigmoid', 'elu'] as const) {
      expect(holds(covered(activation, 1 + 1e-5))).toEqual([true, true]);
      expect(holds(covered(activation, 1 - 1e-5))).toEqual([false, false]);
      // The features may reach the bound exactly, but rounding may take the sum below it.
      expect(holds(covered(activation, 1))).toEqual([false, false]);
    }
    const reasonOf = (activation: Activation): string => proveByConstruction(covered(activation, 1.01))[0]!.reason;
    expect(reasonOf('tanh')).toMatch(
      /^tanh features lie between -1 and 1 and lower the bias, [\d.]+, by at most [\d.]+ in float32, so no prediction is below 0\.8\d*\.$/,
    );
    expect(reasonOf('elu')).toMatch(/^elu features are never below -1 and lower the bias, /);
    expect(holds(build({ ...nonNegative, activation: 'elu', last: 'any' }))).toEqual([false, false]);
  });

  it('holds if the last weights are all zero, whatever the features', () => {
    expect(holds(build({ ...nonNegative, last: 'zero', activation: 'tanh' }))).toEqual([true, true]);
    expect(holds(build({ ...nonNegative, last: 'zero', hidden: [] }))).toEqual([true, true]);
  });

  it('fails with one negative weight, for that output only', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(1), fc.constantFrom(-1e-30, -1), (feature, output, weight) => {
        const model = build(nonNegative);
        model.layers.at(-1)!.kernel[feature * 2 + output] = weight;
        expect(holds(model)).toEqual([output !== 0, output !== 1]);
      }),
    );
  });

  it('fails with a bias below the bound, and with NaN or infinite weights', () => {
    expect(holds(build({ ...nonNegative, bias: 'below' }))).toEqual([false, false]);
    for (const value of [NaN, Infinity]) {
      const model = build(nonNegative);
      model.layers[0]!.kernel[0] = value;
      expect(holds(model)).toEqual([false, false]);
    }
  });

  it('fails with a bound that is 0 if denormal numbers are flushed', () => {
    const denormal = (scales: readonly number[], epsilon: number): Model => {
      const model = build({ ...nonNegative, scales, epsilon });
      model.layers.at(-1)!.bias.set(scales.map((scale) => epsilon / scale));
      return model;
    };
    expect(holds(denormal([1, 1], 2 ** -126))).toEqual([true, true]);
    expect(holds(denormal([1, 1], 2 ** -127))).toEqual([false, false]);
    // The bias is not denormal, but the de-scaled bias is.
    expect(holds(denormal([2 ** -20, 2], 2 ** -130))).toEqual([false, false]);
    expect(holds(denormal([2 ** -20, 2], -(2 ** -130)))).toEqual([true, true]);
  });

  it('needs a factor of the output transform above 0', () => {
    const model = build({ ...nonNegative, last: 'any', bias: 'any', transform: 'exp' });
    const withFactor = (value: number): Model => ({
      ...model,
      ...(model.transform === undefined
        ? {}
        : { transform: { ...model.transform, factor: new Float32Array(model.epsilon.length).fill(value) } }),
    });
    expect(proveByConstruction(withFactor(1.5)).map(({ holds }) => holds)).toEqual(model.epsilon.map(() => true));
    for (const value of [0, -1, NaN, Infinity]) {
      for (const { holds, reason } of proveByConstruction(withFactor(value))) {
        expect(holds, String(value)).toBe(false);
        expect(reason).toContain('factor');
      }
    }
  });

  it('holds for every output transform whose added epsilon reaches the bound', () => {
    for (const transform of outputTransforms) {
      const model = build({ ...nonNegative, last: 'any', bias: 'any', transform });
      expect(holds(model)).toEqual([true, true]);
      expect(holds({ ...model, epsilon: [0.8, 0.7] })).toEqual([false, true]);
    }
  });
});
