import type * as tfjs from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { optimizerSchema, type OptimizerSettings } from '../contract/configuration.ts';
import { Random } from '../base/random.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { createOptimizer, type OptimizerOptions } from './optimizers.ts';

let runtime: EngineRuntime;
let tf: EngineRuntime['tf'];
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
  ({ tf } = runtime);
});

const steps = 40;
const sizes = [5, 3] as const;
const random = new Random(1, 'optimizers');
const start = sizes.map((size) => Float32Array.from({ length: size }, () => random.normal()));
/** Gradients of every step; the second parameter's are tiny, so that epsilon matters. */
const gradients = Array.from({ length: steps }, () =>
  sizes.map((size, i) => Float32Array.from({ length: size }, () => random.normal() * (i === 0 ? 1 : 1e-3))),
);
const rates = Array.from({ length: steps }, (_, step) => 0.02 * (1 - step / steps));

/** Parameters after all steps of our optimizer. */
function ours(settings: OptimizerSettings, options: Partial<OptimizerOptions> = {}): Float32Array[] {
  const variables = start.map((values) => tf.variable(tf.tensor1d(values)));
  const optimizer = createOptimizer(tf, {
    settings,
    parameters: variables.map((variable, i) => ({ name: `p${i}`, variable, decays: i === 0 })),
    gradientClip: 0,
    weightDecay: 0,
    ...options,
  });
  gradients.forEach((gradient, step) => {
    tf.tidy(() => {
      optimizer.apply(
        gradient.map((values) => tf.tensor1d(values)),
        tf.scalar(rates[step] ?? 0),
      );
    });
  });
  const result = variables.map((variable) => Float32Array.from(variable.dataSync()));
  optimizer.dispose();
  tf.dispose(variables);
  return result;
}

/** The same with tfjs-core's own optimizer, whose learning rate is a field read in each step. */
function theirs(optimizer: tfjs.Optimizer): Float32Array[] {
  const variables = start.map((values) => tf.variable(tf.tensor1d(values)));
  gradients.forEach((gradient, step) => {
    const rate = rates[step] ?? 0;
    if ('setLearningRate' in optimizer) (optimizer as tfjs.SGDOptimizer).setLearningRate(rate);
    else (optimizer as unknown as { learningRate: number }).learningRate = rate;
    if ('c' in optimizer) (optimizer as unknown as { c: tfjs.Scalar }).c = tf.keep(tf.scalar(-rate));
    optimizer.applyGradients(
      Object.fromEntries(variables.map((variable, i) => [variable.name, tf.tensor1d(gradient[i] ?? [])])),
    );
  });
  return variables.map((variable) => Float32Array.from(variable.dataSync()));
}

/** A second implementation in float64, straight from the papers, with clipping and both kinds of weight decay. */
function inFloat64(
  rule: (slot: Record<string, number>, gradient: number, rate: number, t: number) => number,
  { clip = Infinity, l2 = 0, decoupled = 0 } = {},
): number[][] {
  const values = start.map((array) => [...array]);
  const slots = values.map((array) => array.map((): Record<string, number> => ({})));
  gradients.forEach((gradient, step) => {
    const norm = Math.hypot(...gradient.flatMap((array) => [...array]));
    const scale = norm > clip ? clip / norm : 1;
    const rate = rates[step] ?? 0;
    values.forEach((array, i) => {
      array.forEach((value, j) => {
        const decays = i === 0 ? 1 : 0;
        const g = (gradient[i]?.[j] ?? 0) * scale + decays * l2 * value;
        const change = rule(slots[i]?.[j] ?? {}, g, rate, step + 1);
        array[j] = value - change - decays * rate * decoupled * value;
      });
    });
  });
  return values;
}

const adam64 =
  (beta1: number, beta2: number, epsilon: number) =>
  (slot: Record<string, number>, g: number, rate: number, t: number): number => {
    slot.m = beta1 * (slot.m ?? 0) + (1 - beta1) * g;
    slot.v = beta2 * (slot.v ?? 0) + (1 - beta2) * g * g;
    return (rate * (slot.m / (1 - beta1 ** t))) / (Math.sqrt(slot.v / (1 - beta2 ** t)) + epsilon);
  };
const sgd64 = (_: unknown, g: number, rate: number): number => rate * g;

function expectClose(
  actual: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
  tolerance = 3e-6,
): void {
  actual.forEach((array, i) => {
    Array.from(array).forEach((value, j) => {
      expect(Math.abs(value - (expected[i]?.[j] ?? NaN)), `parameter ${i}[${j}]`).toBeLessThan(tolerance);
    });
  });
}

const settings = (input: Record<string, unknown>): OptimizerSettings => optimizerSchema.parse(input);

describe('against the optimizers of tfjs-core', () => {
  it.each<[string, Record<string, unknown>, () => tfjs.Optimizer]>([
    ['sgd', { id: 'sgd' }, () => tf.train.sgd(1)],
    ['momentum', { id: 'momentum', momentum: 0.8 }, () => tf.train.momentum(1, 0.8)],
    ['nesterov', { id: 'momentum', nesterov: true }, () => tf.train.momentum(1, 0.9, true)],
    // tfjs adds epsilon inside the root, ours (as in PyTorch) outside: without epsilon there is no difference.
    ['rmsprop', { id: 'rmsprop', decay: 0.8, epsilon: 1e-30 }, () => tf.train.rmsprop(1, 0.8, 0, 1e-30)],
    ['adam', { id: 'adam', epsilon: 1e-4 }, () => tf.train.adam(1, 0.9, 0.999, 1e-4)],
    ['adam, other betas', { id: 'adam', beta1: 0.5, beta2: 0.9 }, () => tf.train.adam(1, 0.5, 0.9, 1e-8)],
  ])('%s', (_, input, create) => {
    expectClose(ours(settings(input)), theirs(create()));
  });
});

describe('against float64', () => {
  it('adam and adamw, also without memory', () => {
    for (const [beta1, beta2] of [
      [0.9, 0.999],
      [0, 0.99],
      [0.8, 0],
    ] as const) {
      const rule = adam64(beta1, beta2, 1e-5);
      const input = { beta1, beta2, epsilon: 1e-5 };
      expectClose(ours(settings({ id: 'adam', ...input })), inFloat64(rule));
      expectClose(ours(settings({ id: 'adamw', ...input }), { weightDecay: 0.3 }), inFloat64(rule, { decoupled: 0.3 }));
    }
  });

  it('rmsprop with an epsilon that matters', () => {
    const rule = (slot: Record<string, number>, g: number, rate: number): number => {
      slot.s = 0.9 * (slot.s ?? 0) + 0.1 * g * g;
      return (rate * g) / (Math.sqrt(slot.s) + 1e-3);
    };
    expectClose(ours(settings({ id: 'rmsprop', epsilon: 1e-3 })), inFloat64(rule));
  });

  it('weight decay is added to the gradient, of weights only', () => {
    expectClose(ours(settings({ id: 'sgd' }), { weightDecay: 0.5 }), inFloat64(sgd64, { l2: 0.5 }));
    const adam = ours(settings({ id: 'adam', epsilon: 1e-5 }), { weightDecay: 0.5 });
    expectClose(adam, inFloat64(adam64(0.9, 0.999, 1e-5), { l2: 0.5 }));
    expect(adam[1]).toEqual(ours(settings({ id: 'adam', epsilon: 1e-5 }))[1]);
  });

  it('clips the global norm, before weight decay, and leaves a smaller gradient alone', () => {
    // Norms are around 2.2, on both sides of the limit.
    expectClose(ours(settings({ id: 'sgd' }), { gradientClip: 2 }), inFloat64(sgd64, { clip: 2 }));
    const both = ours(settings({ id: 'sgd' }), { gradientClip: 1, weightDecay: 0.5 });
    expectClose(both, inFloat64(sgd64, { clip: 1, l2: 0.5 }));
    expect(ours(settings({ id: 'sgd' }), { gradientClip: 100 })).toEqual(ours(settings({ id: 'sgd' })));
  });
});

it('keeps state by name and leaks nothing', () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const create = (input: Record<string, unknown>): ReturnType<typeof createOptimizer> =>
    createOptimizer(tf, {
      settings: settings(input),
      parameters: [{ name: 'layer0.kernel', variable, decays: true }],
      gradientClip: 1,
      weightDecay: 0.1,
    });
  const names = ['sgd', 'momentum', 'rmsprop', 'adam'].map((id) => {
    const optimizer = create({ id });
    const step = (): void => {
      tf.tidy(() => {
        optimizer.apply([tf.tensor1d([1, -1])], tf.scalar(0.1));
      });
    };
    // The engine holds a tensor only after its first use.
    step();
    const used = runtime.tensorCount();
    for (let more = 0; more < 3; more++) step();
    expect(runtime.tensorCount()).toBe(used);
    optimizer.dispose();
    return Object.keys(optimizer.state);
  });
  const before = runtime.tensorCount();
  const last = create({ id: 'adam' });
  tf.tidy(() => {
    last.apply([tf.tensor1d([1, -1])], tf.scalar(0.1));
  });
  expect(runtime.tensorCount()).toBeGreaterThan(before);
  last.dispose();
  expect(names).toEqual([
    [],
    ['layer0.kernel.velocity'],
    ['layer0.kernel.meanSquare'],
    ['beta1Power', 'beta2Power', 'layer0.kernel.firstMoment', 'layer0.kernel.secondMoment'],
  ]);
  expect(runtime.tensorCount()).toBe(before);
});
