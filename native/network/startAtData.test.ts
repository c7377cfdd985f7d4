import { expect, it } from 'vitest';
import { networkSettingsSchema } from '../contract/configuration.ts';
import { Random } from '../base/random.ts';
import { drawLayers } from './initialise.ts';
import type { DenseLayer } from './model.ts';
import { predict } from './predict.ts';
import { startFree, startNonNegative, type StartData } from './startAtData.ts';

const [features, rows] = [4, 500];

/** Rows of standard normal inputs, and a linear model of two outputs far from zero. */
function example(): { data: StartData; linear: (row: number, output: number) => number } {
  const random = new Random(1, 'rows');
  const inputs = Float32Array.from({ length: rows * features }, () => random.normal());
  const weights = [0.5, 0.1, -0.3, 0.8, 0.2, -0.7, 0.4, 0.3];
  const intercepts = [200, 3];
  const linear = (row: number, output: number): number =>
    (intercepts[output] ?? 0) +
    Array.from(
      { length: features },
      (_, i) => (inputs[row * features + i] ?? 0) * (weights[2 * i + output] ?? 0),
    ).reduce((sum, term) => sum + term);
  return {
    linear,
    data: { inputs, means: intercepts, lows: [199, 1.5], linear: () => ({ weights, intercepts }) },
  };
}

const draw = (settings: { hidden: number[]; activation?: string }): DenseLayer[] =>
  drawLayers({
    network: { ...networkSettingsSchema.parse(settings), hidden: settings.hidden },
    inputs: features,
    outputs: 2,
    seed: 3,
  });

const meanOf = (values: ArrayLike<number>, output: number): number =>
  Array.from({ length: rows }, (_, row) => values[2 * row + output] ?? NaN).reduce((sum, value) => sum + value) / rows;

/** Root of the mean squared distance of predictions from a function, by output. */
function distances(values: ArrayLike<number>, expected: (row: number, output: number) => number): number[] {
  return [0, 1].map((output) => {
    const squares = Array.from(
      { length: rows },
      (_, row) => ((values[2 * row + output] ?? NaN) - expected(row, output)) ** 2,
    );
    return Math.sqrt(squares.reduce((sum, square) => sum + square) / rows);
  });
}

const deep = [[64], [64, 64], [16, 20, 32]];

it.each(deep)('starts as the linear model with weights of any sign, hidden layers %j', (...hidden) => {
  const { data, linear } = example();
  const started = startFree(draw({ hidden }), data);
  for (const distance of distances(predict({ layers: started }, data.inputs), linear))
    expect(distance).toBeLessThan(0.3);
});

it.each(deep)(
  'starts as the linear model cut at a low value with weights that are not negative, hidden layers %j',
  (...hidden) => {
    const { data, linear } = example();
    const started = startNonNegative(draw({ hidden }), data, [0, 2], { linear: true });
    const last = started.at(-1);
    expect(Math.min(...(last?.kernel ?? [NaN]))).toBeGreaterThanOrEqual(0);
    // The bound of the second output is above its 1 % quantile.
    expect([...(last?.bias ?? [])]).toEqual([199, 2]);
    const lows = [199, 2];
    const cut = (row: number, output: number): number => Math.max(linear(row, output), lows[output] ?? NaN);
    for (const distance of distances(predict({ layers: started }, data.inputs), cut))
      expect(distance).toBeLessThan(0.3);
  },
);

it('starts an affine map as the linear model itself', () => {
  const { data, linear } = example();
  const started = startFree(draw({ hidden: [] }), data);
  for (const distance of distances(predict({ layers: started }, data.inputs), linear))
    expect(distance).toBeLessThan(1e-4);
});

it.each([
  { hidden: [64, 64], activation: 'tanh' },
  { hidden: [64, 64], activation: 'softplus' },
  // Too narrow to spare four units.
  { hidden: [64, 8] },
])('starts at the mean where the hidden layers cannot carry the linear model: %j', (settings) => {
  const { data } = example();
  const free = predict({ layers: startFree(draw(settings), data) }, data.inputs);
  expect(meanOf(free, 0)).toBeCloseTo(200, 3);
  expect(meanOf(free, 1)).toBeCloseTo(3, 3);
  for (const anySign of settings.activation === 'tanh' ? [true, false] : [false]) {
    const layers = startNonNegative(draw(settings), data, [0, 0], { linear: true, anySign });
    const { kernel, bias } = layers.at(-1)!;
    expect([...bias]).toEqual([199, 1.5]);
    expect(kernel.some((weight) => weight < 0)).toBe(anySign);
    // The method adds to the free bias what the lowest features take.
    if (settings.activation === 'tanh') kernel.forEach((weight, at) => (bias[at % 2]! += Math.abs(weight)));
    const positive = predict({ layers }, data.inputs);
    expect(meanOf(positive, 0)).toBeCloseTo(200, 3);
    expect(meanOf(positive, 1)).toBeCloseTo(3, 3);
  }
});

it('keeps the drawn layers as they are', () => {
  const { data } = example();
  const drawn = draw({ hidden: [64, 64] });
  startFree(drawn, data);
  startNonNegative(drawn, data, [0, 0], { linear: true });
  expect(drawn).toEqual(draw({ hidden: [64, 64] }));
});

it('starts at the mean where there are very many inputs, and then fits no linear model', () => {
  const inputs = 300;
  const network = { ...networkSettingsSchema.parse({}), hidden: [64, 64] };
  const random = new Random(2, 'rows');
  const data: StartData = {
    inputs: Float32Array.from({ length: 50 * inputs }, () => random.normal()),
    means: [7],
    lows: [1],
    linear: () => {
      throw new Error('fitted');
    },
  };
  const drawn = drawLayers({ network, inputs, outputs: 1, seed: 3 });
  for (const layers of [startFree(drawn, data), startNonNegative(drawn, data, [0], { linear: true })]) {
    const predictions = predict({ layers }, data.inputs);
    expect(predictions.reduce((sum, value) => sum + value, 0) / 50).toBeCloseTo(7, 3);
  }
});
