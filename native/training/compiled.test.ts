import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { activationSchema, lossSchema, optimizerSchema } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { record } from '../compile/tape.ts';
import { constraintMethods } from '../constraints/registry.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { checkConfiguration } from './checkConfiguration.ts';
import { eagerExecution } from './execution.ts';
import {
  configurationOf,
  firstSteps,
  largestDifference,
  read,
  rows,
  setUp,
  unlessRounding,
  worstSingleStep,
  write,
  type Case,
} from './testing/exampleSteps.ts';

const optimizers = optimizerSchema.options.map(({ shape }) => shape.id.value);

/** Above the mean, at which networks start: multipliers then move at once. */
const highBound = 2;

/**
 * Every method, optimizer, loss, activation and choice of a method's settings at least once; a test below checks this.
 */
const cases: readonly Case[] = [
  { method: 'none', optimizer: 'sgd', loss: 'squared-error', activation: 'relu' },
  { method: 'penalty', optimizer: 'momentum', loss: 'absolute', activation: 'leaky-relu' },
  {
    method: 'penalty',
    settings: { schedule: 'growing' },
    optimizer: 'adam',
    loss: 'huber',
    activation: 'gelu',
    training: { gradientClip: 0.1 },
  },
  { method: 'slack-lagrangian', optimizer: 'rmsprop', loss: 'huber', activation: 'elu', epsilon: highBound },
  { method: 'dual-ascent', optimizer: 'adam', loss: 'squared-error', activation: 'tanh', epsilon: highBound },
  {
    method: 'augmented-lagrangian',
    optimizer: 'adamw',
    loss: 'squared-error',
    activation: 'relu',
    training: { gradientClip: 1, weightDecay: 0.01 },
    epsilon: highBound,
  },
  {
    method: 'output-transform',
    settings: { transform: 'exp' },
    optimizer: 'adam',
    loss: 'poisson',
    activation: 'none',
  },
  { method: 'output-transform', optimizer: 'sgd', loss: 'gamma', activation: 'sigmoid' },
  {
    method: 'output-transform',
    settings: { transform: 'exp', target: 'log' },
    optimizer: 'adam',
    loss: 'huber',
    activation: 'relu',
    // The logarithm needs targets above the bound.
    epsilon: 0,
  },
  {
    method: 'non-negative-last-layer',
    optimizer: 'momentum',
    loss: 'gamma',
    activation: 'softplus',
    training: { weightDecay: 0.01, optimizer: { id: 'momentum', nesterov: true, learningRate: 1e-3 } },
  },
  { method: 'non-negative-last-layer', optimizer: 'adam', loss: 'squared-error', activation: 'sigmoid' },
  { method: 'positive-parameters', optimizer: 'adam', loss: 'squared-error', activation: 'relu' },
  {
    method: 'non-negative-last-layer',
    optimizer: 'adam',
    loss: 'tweedie',
    activation: 'relu',
    training: { tweediePower: 1.3 },
  },
  ...(['square', 'softplus', 'exp'] as const).flatMap((by): Case[] => [
    { method: 'non-negative-last-layer', settings: { by }, optimizer: 'adam', loss: 'huber', activation: 'tanh' },
    { method: 'positive-parameters', settings: { by }, optimizer: 'sgd', loss: 'gamma', activation: 'softplus' },
  ]),
  ...(['relu', 'square'] as const).map((transform): Case => ({
    method: 'output-transform',
    settings: { transform },
    optimizer: 'adam',
    loss: 'squared-error',
    activation: 'tanh',
  })),
  {
    method: 'slack-lagrangian',
    settings: { slackStart: 'one' },
    optimizer: 'adam',
    loss: 'squared-error',
    activation: ['tanh', 'relu', 'gelu'],
    hidden: [6, 5, 4],
    epsilon: highBound,
  },
  {
    method: 'penalty',
    settings: { schedule: 'fixed' },
    optimizer: 'adam',
    loss: 'squared-error',
    activation: 'relu',
    hidden: [],
  },
  {
    method: 'penalty',
    settings: { schedule: 'adaptive' },
    optimizer: 'sgd',
    loss: 'absolute',
    activation: ['elu', 'sigmoid'],
  },
  { method: 'augmented-lagrangian', optimizer: 'rmsprop', loss: 'huber', activation: 'relu', hidden: [] },
];

/** Choices of the methods' settings: method, setting, choice, and whether it is the default. */
const choices = constraintMethods.flatMap(({ id, settings }) =>
  Object.entries(z.toJSONSchema(settings, { io: 'input' }).properties ?? {}).flatMap(([name, schema]) =>
    typeof schema === 'object'
      ? (schema.enum ?? []).map((choice) => ({ id, name, choice, usual: schema.default }))
      : [],
  ),
);

const wordsOf = ({ method, settings = {}, optimizer, loss, activation, hidden }: Case): string =>
  [method, ...Object.values(settings), optimizer, loss, activation, hidden === undefined ? '' : `[${hidden.join()}]`]
    .flat()
    .filter((word) => word !== '')
    .join(', ');
const named = cases.map((each) => [wordsOf(each), each] as const);

/** Whether the engine accepts the case; refused cases are not compared. */
function isAccepted(each: Case): boolean {
  try {
    checkConfiguration(configurationOf(each));
    return true;
  } catch (error) {
    if (error instanceof OrthantError && error.code === 'configuration') return false;
    throw error;
  }
}

/**
 * Fewest units of a layer and rows of a batch. The gradient of a single saturated unit is only rounding error: `1 + tanh`
 * in GELU cancels, and eager and compiled steps round tanh differently. With several units the largest gradient is not
 * such a one.
 */
const fewest = 4;

/** Any method with any of its choices and any optimizer, loss and network that fit it. */
const anyCase: fc.Arbitrary<Case> = fc
  .record({
    way: fc.constantFrom(...cases),
    optimizer: fc.constantFrom(...optimizers),
    loss: fc.constantFrom(...lossSchema.options),
    layers: fc.array(fc.tuple(fc.integer({ min: fewest, max: 9 }), fc.constantFrom(...activationSchema.options)), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ way: { method, settings = {}, epsilon }, optimizer, loss, layers }) => ({
    method,
    settings,
    ...(epsilon === undefined ? {} : { epsilon }),
    optimizer,
    loss,
    hidden: layers.map(([units]) => units),
    activation: layers.map(([, activation]) => activation),
  }))
  .filter(isAccepted);

let runtime: EngineRuntime;

describe.skipIf(!hasTensorflow)('a compiled step', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  it('is compared for every method with all its choices, optimizer, loss and activation', () => {
    const covered = <Key extends keyof Case>(key: Key) => new Set(cases.map((each) => each[key]));
    expect(covered('method')).toEqual(new Set(constraintMethods.map(({ id }) => id)));
    expect(covered('optimizer')).toEqual(new Set(optimizers));
    expect(covered('loss')).toEqual(new Set(lossSchema.options));
    expect(new Set(cases.flatMap(({ activation }) => activation))).toEqual(new Set(activationSchema.options));
    expect(choices.length).toBeGreaterThan(10);
    for (const { id, name, choice, usual } of choices) {
      const compared = cases.some(({ method, settings }) => method === id && (settings?.[name] ?? usual) === choice);
      expect(compared, `${id} with ${name} ${String(choice)}`).toBe(true);
    }
  });

  it.each(named)('draws no random numbers: %s', (_, each) => {
    // Trained first, so that tfjs has chosen its kernels and every slot exists.
    const { parts, compiled } = setUp(runtime, each, 'graph');
    compiled.dispose();
    const { batches, rates } = firstSteps(parts, 4);
    const random = vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('a random number was drawn');
    });
    try {
      const backend = nativeBackend(runtime.tf);
      const { tape } = record(backend, () => eagerExecution(parts).steps(batches, rates));
      expect(tape.length).toBeGreaterThan(40);
      for (const entry of tape)
        if (entry.kind === 'operation') expect(entry.name).not.toMatch(/random|multinomial|truncated/i);
    } finally {
      random.mockRestore();
    }
    parts.dispose();
  });

  it.each(named)('does what the eager step does: %s', (_, each) => {
    const { parts, compiled } = setUp(runtime, each, 'xla');
    const started = read(parts);
    const worst = worstSingleStep(parts, compiled, 50);
    expect(worst.share, worst.name).toBeLessThanOrEqual(1e-5);
    const ended = read(parts);
    // State that did not move would agree with any step.
    for (const [name, values] of Object.entries(ended)) {
      if (!/layer|multipliers|slacks/.test(name)) continue;
      const moved = values.filter((value, i) => value !== started[name]?.[i]).length;
      // Only multipliers of rows that violated the bound move.
      expect(moved, name).toBeGreaterThan(name.includes('multipliers') ? 10 : 0);
    }
    compiled.dispose();
    parts.dispose();
  });

  it('does what the eager step does, in any combination', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: fewest, max: rows }), fc.nat({ max: 1000 }), (each, batchSize, seed) => {
        const { parts, compiled } = setUp(runtime, each, 'xla', { batchSize, seed });
        const worst = worstSingleStep(parts, compiled, 5, unlessRounding);
        compiled.dispose();
        parts.dispose();
        expect(worst.share, worst.name).toBeLessThanOrEqual(1e-5);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  it('run 50 times in one call, gives the result of 50 eager steps', () => {
    const smooth: Case = {
      method: 'augmented-lagrangian',
      optimizer: 'adam',
      loss: 'squared-error',
      activation: 'tanh',
    };
    // All batches have one size, so that one call is one loop.
    const { parts, compiled } = setUp(runtime, smooth, 'xla', { batchSize: 20 });
    const { batches, rates } = firstSteps(parts, 50);
    const started = read(parts);
    const objectives = compiled.steps(batches, rates);
    compiled.pull();
    const ended = { ...read(parts), objectives };
    write(parts, started);
    const expected = eagerExecution(parts).steps(batches, rates);
    const worst = largestDifference(ended, { ...read(parts), objectives: expected });
    expect(worst.share, worst.name).toBeLessThanOrEqual(1e-5);
    compiled.dispose();
    parts.dispose();
  });

  it.each(named)('without XLA, with one step in each call, gives the bits of the eager step: %s', (_, each) => {
    const { parts, compiled } = setUp(runtime, each, 'graph');
    const { batches, rates } = firstSteps(parts, 50);
    const started = read(parts);
    const objectives = batches.map((batch, step) => compiled.steps([batch], [rates[step] ?? NaN])[0]);
    compiled.pull();
    const ended = read(parts);
    write(parts, started);
    expect(objectives).toEqual([...eagerExecution(parts).steps(batches, rates)]);
    expect(ended).toEqual(read(parts));
    compiled.dispose();
    parts.dispose();
  });
});
