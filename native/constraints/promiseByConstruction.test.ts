import type { Variable } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { hiddenActivations, limitedActivations } from '../network/activations.ts';
import { scaledBound } from '../network/bound.ts';
import { drawLayers, layerVariables } from '../network/initialise.ts';
import { outputTransforms } from '../network/model.ts';
import { predict } from '../network/predict.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { getMethod, parseMethodSettings } from './registry.ts';
import { contextFor, storedLayers } from './testing/methodContext.ts';

let runtime: EngineRuntime;
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
});

const ways = ['projection', 'square', 'softplus', 'exp'];
const cases: [string, Record<string, string>][] = [
  ...ways.map((by): [string, Record<string, string>] => ['non-negative-last-layer', { by }]),
  ...ways.map((by): [string, Record<string, string>] => ['positive-parameters', { by }]),
  ...outputTransforms.map((transform): [string, Record<string, string>] => ['output-transform', { transform }]),
];

const scenario = fc.record({
  hidden: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 3 }),
  activation: fc.constantFrom(...limitedActivations),
  epsilon: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 2 }),
  scale: fc.array(fc.float({ min: Math.fround(0.01), max: 5000, noNaN: true }), { minLength: 2, maxLength: 2 }),
  seed: fc.nat(10_000),
  push: fc.double({ min: -30, max: 30, noNaN: true }),
});

test.each(cases)(
  '%s %o: after any step, every output for any input is at or above the bound in the target’s units',
  (method, settings) => {
    const { tf } = runtime;
    fc.assert(
      fc.property(scenario, ({ hidden, activation, epsilon, scale, seed, push }) => {
        const network = { hidden, activation, initialiser: 'he-normal' as const };
        const layers = layerVariables(tf, drawLayers({ network, inputs: 3, outputs: 2, seed }));
        const instance = getMethod(method).create(
          parseMethodSettings(method, settings),
          contextFor(tf, {
            outputs: 2,
            layers,
            activations: hiddenActivations(network),
            epsilon: Float32Array.from(epsilon, (bound, j) => scaledBound(bound, scale[j]!)),
          }),
        );
        // Worse than any optimizer's step: push every weight by a large random amount, most of them down.
        for (const { kernel, bias } of layers) {
          for (const variable of [kernel, bias]) shake(variable, push, seed);
        }
        instance.project?.(layers);
        const stored = storedLayers(tf, instance, layers, hiddenActivations(network));
        const model = {
          layers: stored,
          ...(instance.outputTransform === undefined ? {} : { transform: instance.outputTransform }),
        };
        const inputs = Float32Array.from({ length: 60 }, (_, i) => 10 ** (i % 7) * Math.sin(i * 78.233 + seed));
        predict(model, inputs).forEach((prediction, i) => {
          expect(Math.fround(Math.fround(prediction) * scale[i % 2]!)).toBeGreaterThanOrEqual(epsilon[i % 2]!);
        });
        if (method === 'positive-parameters') {
          for (const { kernel, bias } of stored) expect([...kernel, ...bias].every((value) => value >= 0)).toBe(true);
        }
        instance.dispose();
        tf.dispose(layers.map(({ kernel, bias }) => [kernel, bias]));
      }),
      { numRuns: 40 },
    );
  },
);

test.each(['tanh', 'sigmoid'] as const)(
  'weights on %s features keep their signs, and the bias covers them; other ways keep them at 0 or above',
  (activation) => {
    const { tf } = runtime;
    const network = { hidden: [20], activation, initialiser: 'he-uniform' as const };
    const drawn = drawLayers({ network, inputs: 3, outputs: 2, seed: 3 });
    for (const by of ways) {
      const layers = layerVariables(tf, drawn);
      const instance = getMethod('non-negative-last-layer').create(
        { by },
        contextFor(tf, { outputs: 2, layers, activations: [activation], epsilon: new Float32Array([0, 0.5]) }),
      );
      instance.project?.(layers);
      const { kernel, bias } = storedLayers(tf, instance, layers, [activation]).at(-1)!;
      if (by === 'projection') expect(kernel).toEqual(drawn.at(-1)!.kernel);
      else expect(kernel.every((weight) => weight >= 0)).toBe(true);
      const lowering = [0, 1].map((output) =>
        kernel
          .filter((_, i) => i % 2 === output)
          .reduce((sum, weight) => sum + (activation === 'tanh' ? Math.abs(weight) : Math.max(-weight, 0)), 0),
      );
      const start = by === 'projection' ? 0 : 0.01;
      expect(bias[0]).toBeCloseTo(lowering[0]! + start, 4);
      expect(bias[1]).toBeCloseTo(lowering[1]! + 0.5 + start, 4);
      instance.dispose();
      tf.dispose(layers.map((layer) => [layer.kernel, layer.bias]));
    }
  },
);

function shake(variable: Variable, push: number, seed: number): void {
  const { tf } = runtime;
  tf.tidy(() => {
    const values = variable
      .dataSync()
      .map((value, i) => value + push * Math.sin(i * 12.9898 + seed) - Math.abs(push) / 2);
    variable.assign(tf.tensor(values, variable.shape));
  });
}

test('without the method the same networks do fall below the bound', () => {
  const network = { hidden: [8, 8], activation: 'relu' as const, initialiser: 'he-normal' as const };
  const layers = drawLayers({ network, inputs: 3, outputs: 2, seed: 1 });
  const inputs = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * 78.233));
  expect(Math.min(...predict({ layers }, inputs))).toBeLessThan(0);
});

test.each(ways)('a last layer by %s starts with the weights it is given', (by) => {
  const { tf } = runtime;
  const network = { hidden: [20], activation: 'relu' as const, initialiser: 'he-uniform' as const };
  const drawn = drawLayers({ network, inputs: 3, outputs: 2, seed: 3 });
  const given = drawn[1]!.kernel;
  given.set(given.map(Math.abs));
  const layers = layerVariables(tf, drawn);
  const instance = getMethod('non-negative-last-layer').create(
    { by },
    contextFor(tf, { outputs: 2, layers, epsilon: new Float32Array([0, 0.5]) }),
  );
  const [first, last] = storedLayers(tf, instance, layers, ['relu']);
  expect(first!.kernel).toEqual(drawn[0]!.kernel);
  last!.kernel.forEach((weight, i) => {
    expect(weight).toBeCloseTo(given[i]!, 2);
  });
  expect(last!.bias[1]).toBeGreaterThanOrEqual(0.5);
  instance.dispose();
  tf.dispose(layers.map(({ kernel, bias }) => [kernel, bias]));
});
