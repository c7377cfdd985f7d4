import { beforeAll, expect, test } from 'vitest';
import { Random } from '../base/random.ts';
import { constraintMethods } from '../constraints/registry.ts';
import { runConfigurationSchema } from '../contract/configuration.ts';
import type { DataSet, SplitRows } from '../data/dataset.ts';
import { predict } from '../network/predict.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { factsOf, settle } from './automatic.ts';
import { exampleDataSet } from './testing/example.ts';
import { recordRun } from './testing/exampleRuns.ts';

const inputs = 3;
const example = exampleDataSet({ rows: 192, inputs, outputs: 1, heldOut: 150 });
const rises = [1.5, 1, 0.5];

/**
 * The example with a target of deviation 1 that rises smoothly with every input, so that all methods can learn it, and
 * `shift` on top.
 */
function shifted(shift: number): DataSet {
  const random = new Random(3, 'noise');
  const withTargets = (rows: SplitRows): SplitRows => ({
    ...rows,
    targets: Float32Array.from({ length: rows.rows }, (_, row) => {
      const sum = rises.reduce((total, rise, i) => total + rise * (rows.inputs[row * inputs + i] ?? 0), 0);
      return shift + Math.max(0.95 * Math.log1p(Math.exp(sum)) + 0.1 * random.normal(), 0);
    }),
  });
  const { train, validation, test } = example.splits;
  return {
    ...example,
    schema: { ...example.schema, targets: [{ name: 'y', scale: 1 }] },
    splits: { train: withTargets(train), validation: withTargets(validation), test: withTargets(test) },
  };
}

let runtime: EngineRuntime;
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
});

const seeds = [0, 1, 2, 3, 4];

/** Mean test error of the seeds, in deviations. */
async function meanError(method: string, shift: number, epsilon: number): Promise<number> {
  const dataset = shifted(shift);
  const { targets, inputs: test } = dataset.splits.test;
  let sum = 0;
  for (const seed of seeds) {
    const asked = runConfigurationSchema.parse({
      data: { source: { kind: 'sample', id: 'example' } },
      constraint: { method: { id: method }, epsilon },
      training: { epochs: 24, seed },
    });
    const { configuration } = settle(asked, factsOf(dataset));
    const { outcome } = await recordRun({ configuration, dataset, runtime });
    const squares = predict(outcome.model, test).map((value, row) => (value - (targets[row] ?? NaN)) ** 2);
    sum += Math.sqrt(squares.reduce((total, square) => total + square, 0) / squares.length);
  }
  return sum / seeds.length;
}

function expectLike(error: number, other: number): void {
  expect(error / other).toBeGreaterThan(0.9);
  expect(error / other).toBeLessThan(1.1);
}

test.each(constraintMethods.map(({ id }) => id))('%s has the same error wherever target and bound are', async (id) => {
  const error = await meanError(id, 0, 0);
  expect(error).toBeLessThan(0.5);
  for (const shift of [10, 1000]) expectLike(await meanError(id, shift, shift), error);
});

// The projection onto the bound sets a bias near the targets only where the bound is.
test.each(constraintMethods.filter(({ promise }) => promise === 'for-every-input').map(({ id }) => id))(
  '%s has the same error however far the target is above the bound',
  async (id) => {
    expectLike(await meanError(id, 1000, 0), await meanError(id, 10, 0));
  },
);
