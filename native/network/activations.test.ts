import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { activationSchema } from '../contract/configuration.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { activationFunctions, hiddenActivations, limitedActivations } from './activations.ts';
import { computedRange } from './lowestSum.ts';
import { outputTransforms } from './model.ts';
import { exponentLimit, nonNegativeFunctions } from './transforms.ts';

let runtime: EngineRuntime;
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
});

/** Values of the tensor function at these numbers. */
function evaluate(
  f: (x: ReturnType<typeof runtime.tf.tensor1d>) => ReturnType<typeof runtime.tf.tensor1d>,
  x: number[],
) {
  return runtime.tf.tidy(() => [...f(runtime.tf.tensor1d(x)).dataSync()]);
}

const finite = fc.float({ min: -50, max: 50, noNaN: true });

test.each(activationSchema.options)('%s is the same function in tensors and in float64', (activation) => {
  const { tensor, scalar } = activationFunctions[activation];
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1, maxLength: 50 }), (x) => {
      const values = evaluate((t) => tensor(runtime.tf, t), x);
      values.forEach((value, i) => {
        expect(Math.abs(value - scalar(x[i]!))).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(x[i]!)));
      });
    }),
    { numRuns: 30 },
  );
});

test.each(activationSchema.options)('%s decreases somewhere, unless it is marked as increasing', (activation) => {
  const { scalar, increasing } = activationFunctions[activation];
  const values = Array.from({ length: 2001 }, (_, i) => scalar((i - 1000) / 100));
  expect(values.every((value, i) => i === 0 || value >= values[i - 1]!)).toBe(increasing);
});

test('the functions have the values of their definitions in PyTorch', () => {
  // torch.nn.functional at 1 and -2, PyTorch's defaults; gelu with approximate='tanh'.
  const known = {
    'leaky-relu': [1, -0.02],
    elu: [1, -0.8646647168],
    softplus: [1.3132616875, 0.126928011],
    gelu: [0.8411919906, -0.0454023059],
    sigmoid: [0.7310585786, 0.119202922],
  } as const;
  for (const [activation, [one, minusTwo]] of Object.entries(known)) {
    const { scalar } = activationFunctions[activation as keyof typeof known];
    expect(scalar(1)).toBeCloseTo(one, 7);
    expect(scalar(-2)).toBeCloseTo(minusTwo, 7);
  }
});

test.each(activationSchema.options)('%s stays in its range for any input', (activation) => {
  const { tensor, range } = activationFunctions[activation];
  const sizes = Array.from({ length: 4000 }, (_, i) => 1e-4 * 1.02 ** i).filter((size) => size < 3e38);
  const values = evaluate((t) => tensor(runtime.tf, t), [...sizes, 0, ...sizes.map((size) => -size)]);
  const [least, most] = computedRange(range);
  expect(values.filter((value) => value < least || value > most)).toEqual([]);
  // Finite ends are reached.
  if (Number.isFinite(least)) expect(Math.min(...values)).toBeCloseTo(least, 3);
  if (Number.isFinite(most)) expect(Math.max(...values)).toBeCloseTo(most, 3);
});

test('gelu, leaky-relu and none have no lower limit that float32 keeps', () => {
  expect(limitedActivations).toEqual(['relu', 'elu', 'tanh', 'sigmoid', 'softplus']);
});

test.each(outputTransforms)('the transform %s agrees in tensors and float64, is never negative and inverts', (kind) => {
  const { tensor, scalar, inverse } = nonNegativeFunctions[kind];
  const x = [-1000, -103, -3, -0.5, 0, 0.5, 3, 29, 1000];
  evaluate((t) => tensor(runtime.tf, t), x).forEach((value, i) => {
    const exact = scalar(x[i]!);
    expect(value).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(value)).toBe(true);
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(2e-6 * Math.max(1e-3, exact));
  });
  for (const y of [1e-3, 1, 40]) expect(scalar(inverse(y)) / y).toBeCloseTo(1, 9);
});

test('exp of a huge linear output stays finite if it is squared and summed in float32', () => {
  const { tf } = runtime;
  const largest = tf.tidy(() => {
    const prediction = nonNegativeFunctions.exp.tensor(tf, tf.fill([4096], 1e6));
    return tf.sum(tf.square(prediction)).dataSync()[0];
  });
  expect(largest).toBeLessThan(3.4e38);
  expect(largest).toBeGreaterThan(Math.exp(exponentLimit) ** 2);
});

test('one activation serves all hidden layers, or there is one for each', () => {
  expect(hiddenActivations({ hidden: [3, 4], activation: 'tanh' })).toEqual(['tanh', 'tanh']);
  expect(hiddenActivations({ hidden: [3, 4], activation: ['tanh', 'relu'] })).toEqual(['tanh', 'relu']);
  expect(() => hiddenActivations({ hidden: [3], activation: ['tanh', 'relu'] })).toThrow(
    /1 hidden layers but 2 activations/,
  );
});
