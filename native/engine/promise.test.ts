import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { proveByConstruction } from '../evidence/byConstruction.ts';
import { constraintMethods, getMethod, parseMethodSettings } from '../constraints/registry.ts';
import { contextFor } from '../constraints/testing/methodContext.ts';
import { activationSchema } from '../contract/configuration.ts';
import { buildOnnx, encodeOnnx } from '../export/onnx.ts';
import { metadata } from '../export/testing/randomModels.ts';
import { Random } from '../base/random.ts';
import { activationFunctions, limitedActivations } from '../network/activations.ts';
import { scaledBound } from '../network/bound.ts';
import { computedRange } from '../network/lowestSum.ts';
import { layerVariables } from '../network/initialise.ts';
import { outputTransforms, type Model } from '../network/model.ts';
import { storeLayers } from '../network/store.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';

/**
 * The product's main claim: whatever an optimizer did to the weights, a method that promises the bound for every input
 * leaves a model that provably keeps it, and ONNX Runtime gives no output below it for any input.
 */

let tf: EngineRuntime['tf'];
beforeAll(async () => {
  ({ tf } = await openEngine({ engine: 'wasm' }));
});

const ways: readonly [id: string, settings: Record<string, string>][] = [
  ...outputTransforms.map((transform) => ['output-transform', { transform }] as [string, Record<string, string>]),
  ...['projection', 'square', 'softplus', 'exp'].flatMap((by): [string, Record<string, string>][] => [
    ['non-negative-last-layer', { by }],
    ['positive-parameters', { by }],
  ]),
];

/** The worst model that an optimizer may leave: weights from 1e-30 to 1e30, bounds and scales from denormal to huge. */
function wildModel(random: Random): Model {
  const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
  const power = (least: number, most: number): number => 10 ** random.uniform(least, most);
  const [id, settings] = pick(ways);
  const method = getMethod(id);
  const hidden = Array.from({ length: 1 + random.below(4) }, () => 1 + random.below(8));
  const activation = hidden.map((_, layer) =>
    layer === hidden.length - 1 && 'by' in settings ? pick(limitedActivations) : pick(activationSchema.options),
  );
  const scales = Array.from({ length: 1 + random.below(3) }, () =>
    pick([1, power(-1, 1), power(-6, 6), power(-30, 30)]),
  );
  const epsilon = scales.map((scale) =>
    pick([0, 0.1, -0.7, scale * random.uniform(0, 3), -scale * random.uniform(0, 3), power(-45, -36)]),
  );
  const range = pick([0, 1, 5, 30]);
  const weight = (): number => pick([0, 1, 1, power(-range, range)]) * random.normal();
  const sizes = [2, ...hidden, scales.length];
  const layers = layerVariables(
    tf,
    sizes.slice(1).map((units, layer) => ({
      inputs: sizes[layer]!,
      units,
      kernel: Float32Array.from({ length: sizes[layer]! * units }, weight),
      bias: Float32Array.from({ length: units }, weight),
      activation: activation[layer] ?? 'none',
    })),
  );
  const instance = method.create(
    parseMethodSettings(method.id, settings),
    contextFor(tf, {
      outputs: scales.length,
      layers,
      activations: activation,
      epsilon: Float32Array.from(epsilon, (bound, output) => scaledBound(bound, Math.fround(scales[output]!))),
    }),
  );
  for (const variable of layers.flatMap(({ kernel, bias }) => [kernel, bias] as const)) {
    variable.assign(tf.tensor(Float32Array.from({ length: variable.size }, weight), variable.shape) as never);
  }
  instance.project?.(layers);
  tf.engine().startScope();
  const stored = storeLayers(instance.effective?.(layers) ?? layers, activation);
  tf.engine().endScope();
  instance.dispose();
  tf.dispose(layers.map(({ kernel, bias }) => [kernel, bias]));
  return {
    schema: {
      inputs: ['a', 'b'].map((column) => ({
        kind: 'number',
        column,
        shift: pick([0, 3]),
        scale: pick([1, power(-9, 9)]),
      })),
      targets: scales.map((scale, output) => ({ name: `y${output}`, scale })),
    },
    layers: stored,
    ...(instance.outputTransform === undefined
      ? {}
      : {
          transform: {
            ...instance.outputTransform,
            ...pick([{}, { factor: Float32Array.from(scales, () => power(-30, 30)) }]),
          },
        }),
    epsilon,
  };
}

const special = [
  0,
  -0,
  1e-45,
  -1e-45,
  1.1754944e-38,
  1e30,
  -1e30,
  3.4028235e38,
  -3.4028235e38,
  NaN,
  Infinity,
  -Infinity,
];

const wildInputs = (random: Random, rows: number): Float32Array =>
  Float32Array.from({ length: 2 * rows }, () =>
    random.below(3) === 0 ? special[random.below(special.length)]! : random.normal() * 10 ** random.uniform(-3, 12),
  );

async function lowest(
  model: Model,
  inputs: Float32Array,
  options: ort.InferenceSession.SessionOptions,
): Promise<number[]> {
  const { proto, names } = buildOnnx(model, metadata);
  const session = await ort.InferenceSession.create(encodeOnnx(proto), { logSeverityLevel: 3, ...options });
  const results = await session.run({
    [names.numbers!.input]: new ort.Tensor('float32', inputs, [
      inputs.length / model.schema.inputs.length,
      model.schema.inputs.length,
    ]),
  });
  const values = names.targets.map(({ output }) => [...(results[output]!.data as Float32Array)]);
  await session.release();
  return values.map((column) => column.reduce((least, value) => (value < least ? value : least), Infinity));
}

describe('a promise for every input', () => {
  it.each(limitedActivations)('rests on a range that %s keeps in ONNX Runtime', async (activation) => {
    const sizes = Array.from({ length: 30_000 }, (_, i) => 1e-4 * 1.003 ** i).filter((size) => size < 3e38);
    const [least, most] = computedRange(activationFunctions[activation].range);
    for (const sign of [1, -1]) {
      const model: Model = {
        schema: {
          inputs: [{ kind: 'number', column: 'x', shift: 0, scale: 1 }],
          targets: [{ name: 'y', scale: 1 }],
        },
        layers: [
          { inputs: 1, units: 1, kernel: Float32Array.of(1), bias: Float32Array.of(0), activation },
          { inputs: 1, units: 1, kernel: Float32Array.of(sign), bias: Float32Array.of(0), activation: 'none' },
        ],
        epsilon: [-Infinity],
      };
      const values = await lowest(model, Float32Array.from([...sizes, 0, ...sizes.map((size) => -size)]), {});
      expect(sign * values[0]!).toBeGreaterThanOrEqual(least);
      expect(sign * values[0]!).toBeLessThanOrEqual(most);
    }
  });

  it('is tested for each method that gives it', () => {
    const promising = constraintMethods.filter(({ promise }) => promise === 'for-every-input').map(({ id }) => id);
    expect(new Set(ways.map(([id]) => id))).toEqual(new Set(promising));
  });

  it('is proved from the weights, and ONNX Runtime does not break it', async () => {
    const random = new Random(11, 'promise');
    let proved = 0;
    for (let round = 0; round < 150; round++) {
      const model = wildModel(random);
      const numbers = model.layers.flatMap(({ kernel, bias }) => [...kernel, ...bias]);
      // A run ends when a weight overflows in training.
      if (![...numbers, ...(model.transform?.epsilon ?? [])].every(Number.isFinite)) continue;
      const proofs = proveByConstruction(model);
      expect(proofs.filter(({ holds }) => !holds)).toEqual([]);
      const options = {
        graphOptimizationLevel: round % 2 === 0 ? ('all' as const) : ('disabled' as const),
        intraOpNumThreads: 1 + (round % 3),
      };
      const least = await lowest(model, wildInputs(random, 1 + random.below(200)), options);
      least.forEach((value, output) => {
        expect(value, proofs[output]!.reason).toBeGreaterThanOrEqual(model.epsilon[output]!);
      });
      proved += proofs.length;
    }
    expect(proved).toBeGreaterThan(200);
  }, 60_000);
});
