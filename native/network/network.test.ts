import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { activationSchema, initialiserSchema, type SettledConfiguration } from '../contract/configuration.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { hiddenActivations } from './activations.ts';
import { forward } from './forward.ts';
import { drawLayers, layerVariables } from './initialise.ts';
import { outputTransforms } from './model.ts';
import { predict } from './predict.ts';
import { storeLayers } from './store.ts';
import { nonNegativeFunctions } from './transforms.ts';

let runtime: EngineRuntime;
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
});

const network = (settings: Partial<SettledConfiguration['network']> = {}): SettledConfiguration['network'] => ({
  hidden: [8, 8],
  activation: 'relu',
  initialiser: 'he-uniform',
  ...settings,
});

test('the forward pass gives the results of a network computed by hand', () => {
  const { tf } = runtime;
  // h = relu([1 -2] x + [0 1]), p = [3; -1] h + 0.5 with x one number: x = 2 gives h = (2, 0), p = 6.5;
  // x = -1 gives h = (0, 3), p = -2.5.
  const layers = [
    { inputs: 1, units: 2, kernel: [1, -2], bias: [0, 1], activation: 'relu' },
    { inputs: 2, units: 1, kernel: [3, -1], bias: [0.5], activation: 'none' },
  ] as const;
  const stored = layers.map((layer) => ({
    ...layer,
    kernel: new Float32Array(layer.kernel),
    bias: new Float32Array(layer.bias),
  }));
  const variables = layerVariables(tf, stored);
  const output = tf.tidy(() => [...forward(tf, tf.tensor2d([[2], [-1]]), variables, ['relu']).dataSync()]);
  expect(output).toEqual([6.5, -2.5]);
  expect([...predict({ layers: stored }, [2, -1])]).toEqual([6.5, -2.5]);
  tf.dispose(variables.map(({ kernel, bias }) => [kernel, bias]));
});

const shapes = fc.record({
  hidden: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  activation: fc.constantFrom(...activationSchema.options),
  initialiser: fc.constantFrom(...initialiserSchema.options),
});

test('tensors and the float64 reference predict the same, for random networks, with and without transform', () => {
  const { tf } = runtime;
  const before = runtime.tensorCount();
  fc.assert(
    fc.property(
      shapes,
      fc.constantFrom(undefined, ...outputTransforms),
      fc.integer({ min: 1, max: 70 }),
      fc.nat(1000),
      (settings, kind, rows, seed) => {
        const layers = layerVariables(tf, drawLayers({ network: settings, inputs: 3, outputs: 2, seed }));
        const inputs = Float32Array.from({ length: rows * 3 }, (_, i) => Math.sin(i * 12.9898 + seed));
        const epsilon = new Float32Array([0.25, 0]);
        const activationList = hiddenActivations(settings);
        const output = tf.tidy(() => {
          const linear = forward(tf, tf.tensor2d(inputs, [rows, 3]), layers, activationList);
          const result =
            kind === undefined ? linear : tf.add(nonNegativeFunctions[kind].tensor(tf, linear), tf.tensor1d(epsilon));
          return result.dataSync();
        });
        const stored = { layers: storeLayers(layers, activationList), ...(kind && { transform: { kind, epsilon } }) };
        const reference = predict(stored, inputs);
        expect(reference.length).toBe(rows * 2);
        reference.forEach((value, i) => {
          expect(Math.abs(value - output[i]!)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(value)));
        });
        tf.dispose(layers.map(({ kernel, bias }) => [kernel, bias]));
      },
    ),
    { numRuns: 60 },
  );
  expect(runtime.tensorCount()).toBe(before);
});

test.each([
  ['he-normal', 2 / 100],
  ['he-uniform', 2 / 100],
  ['glorot-normal', 2 / 400],
  ['glorot-uniform', 2 / 400],
  ['lecun-normal', 1 / 100],
] as const)('%s has mean 0 and its variance', (initialiser, variance) => {
  const [layer] = drawLayers({ network: network({ hidden: [300], initialiser }), inputs: 100, outputs: 1, seed: 5 });
  const { kernel, bias } = layer!;
  const mean = kernel.reduce((sum, w) => sum + w, 0) / kernel.length;
  const measured = kernel.reduce((sum, w) => sum + (w - mean) ** 2, 0) / kernel.length;
  expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / kernel.length));
  expect(measured / variance).toBeCloseTo(1, 1);
  expect(bias.every((b) => b === 0)).toBe(true);
  if (initialiser.endsWith('uniform')) {
    const limit = Math.sqrt(3 * variance);
    expect(kernel.every((w) => Math.abs(w) <= Math.fround(limit))).toBe(true);
    expect(Math.max(...kernel)).toBeGreaterThan(0.99 * limit);
  }
});

test('the seed determines the weights: another seed or layer has other weights', () => {
  const draw = (seed: number) => drawLayers({ network: network(), inputs: 8, outputs: 8, seed });
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)[0]!.kernel).not.toEqual(draw(2)[0]!.kernel);
  expect(draw(1)[0]!.kernel).not.toEqual(draw(1)[1]!.kernel);
  expect(draw(1).map(({ inputs, units, activation }) => [inputs, units, activation])).toEqual([
    [8, 8, 'relu'],
    [8, 8, 'relu'],
    [8, 8, 'none'],
  ]);
});

test('a network without hidden layers is one linear layer', () => {
  const layers = drawLayers({ network: network({ hidden: [] }), inputs: 3, outputs: 2, seed: 0 });
  expect(layers.map(({ inputs, units, activation }) => [inputs, units, activation])).toEqual([[3, 2, 'none']]);
});
