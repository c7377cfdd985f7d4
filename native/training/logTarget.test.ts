import { beforeAll, describe, expect, it } from 'vitest';
import type { RunConfigurationInput } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { Random } from '../base/random.ts';
import type { DataSet } from '../data/dataset.ts';
import { gatherEvidence } from '../evidence/evidence.ts';
import { predict } from '../network/predict.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { checkConfiguration } from './checkConfiguration.ts';
import { exampleConfiguration, exampleDataSet } from './testing/example.ts';
import { everyStep, numbersOf, reaches, recordRun } from './testing/exampleRuns.ts';

/** Runs of output-transform that are trained on the logarithm of the target, with a bound of 0.75 and 1.25. */

const epsilon = { y0: 0.75, y1: 1.25 };

/** Targets above their bounds, with errors whose mean is far above their median. */
function skewed(): DataSet {
  const dataset = exampleDataSet({ rows: 200, heldOut: 40 });
  const random = new Random(3, 'skewed');
  const splits = Object.fromEntries(
    Object.entries(dataset.splits).map(([name, split]) => [
      name,
      {
        ...split,
        targets: split.targets.map((_, i) => {
          const input = (offset: number): number => split.inputs[4 * (i >> 1) + offset] ?? 0;
          return 0.5 + Math.exp(0.5 * input(i % 2) - 0.3 * input(2) + random.normal());
        }),
      },
    ]),
  ) as unknown as DataSet['splits'];
  return { ...dataset, splits };
}
const dataset = skewed();

const configured = (
  settings: Record<string, unknown> = {},
  training: RunConfigurationInput['training'] = {},
  execution: 'eager' | 'xla' = 'eager',
) => ({
  ...exampleConfiguration({
    network: { hidden: [8, 8] },
    constraint: {
      epsilon,
      method: { id: 'output-transform', settings: { transform: 'exp', target: 'log', ...settings } },
    },
    training: { epochs: 6, optimizer: { id: 'adam', learningRate: 0.005 }, ...training },
  }),
  runtime: { engine: 'auto', device: 'auto', deterministic: false, execution } as const,
});

let runtime: EngineRuntime;
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
});

/** Mean of prediction minus target over the training rows, for each output, in deviations. */
function biases(predictions: ArrayLike<number>, targets: Float32Array): number[] {
  const sums = [0, 0];
  targets.forEach((target, i) => (sums[i % 2] = (sums[i % 2] ?? 0) + (predictions[i] ?? NaN) - target));
  return sums.map((sum) => (2 * sum) / targets.length);
}

describe('a run on the logarithm of the target', () => {
  it('stores the smearing factor of the weights that it returns, which removes most of the bias of the mean', async () => {
    const { outcome, metrics } = await recordRun({ configuration: configured({}, { epochs: 20 }), dataset, runtime });
    const { model } = outcome;
    const { inputs, targets } = dataset.splits.train;
    const bounds = model.transform?.epsilon ?? [];
    const linear = predict({ layers: model.layers }, inputs);
    const factors = [0, 1].map((output) => {
      const shares = Array.from(
        linear.filter((_, i) => i % 2 === output),
        (z, row) => Math.exp(Math.log((targets[2 * row + output] ?? NaN) - (bounds[output] ?? NaN)) - z),
      );
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    });
    factors.forEach((factor, output) => {
      expect(factor).toBeGreaterThan(1.2);
      expect((model.transform?.factor?.[output] ?? NaN) / factor).toBeCloseTo(1, 5);
    });

    const { kind, epsilon: added } = model.transform ?? { kind: 'exp', epsilon: Float32Array.of() };
    const before = biases(predict({ layers: model.layers, transform: { kind, epsilon: added } }, inputs), targets);
    const after = biases(predict(model, inputs), targets);
    after.forEach((bias, output) => {
      expect(Math.abs(bias)).toBeLessThan(0.25 * Math.abs(before[output] ?? NaN));
    });

    // Curves and snapshots are in the targets' units, with the factor.
    const predictions = predict(model, inputs);
    const errors = targets.map((target, i) => (i % 2 === 0 ? ((predictions[i] ?? NaN) - target) * 1.5 : 0));
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / (targets.length / 2));
    expect(outcome.metrics.splits.train?.outputs[0]?.rmse).toBeCloseTo(rmse, 4);
    const losses = metrics.map(({ splits }) => splits.validation?.loss ?? NaN);
    expect(outcome.bestEpoch).toBe(1 + losses.indexOf(Math.min(...losses)));
    expect(gatherEvidence(model, outcome.metrics.splits).level).toBe('by-construction');
  });

  it('starts at the mean of the logarithm', async () => {
    const training = { epochs: 1, batchSize: 0, optimizer: { id: 'sgd', learningRate: 1e-12 } } as const;
    const { outcome } = await recordRun({ configuration: configured({}, training), dataset, runtime });
    const { targets } = dataset.splits.train;
    const bounds = outcome.model.transform?.epsilon ?? [];
    const { layers } = outcome.model;
    const linear = predict({ layers }, dataset.splits.train.inputs);
    [0, 1].forEach((output) => {
      const own = targets.filter((_, i) => i % 2 === output);
      const sum = own.reduce((total, target) => total + Math.log(target - (bounds[output] ?? NaN)), 0);
      const started = linear.filter((_, i) => i % 2 === output).reduce((total, z) => total + z, 0);
      expect(Math.abs(started - sum) / own.length).toBeLessThan(0.05);
    });
  });

  it('stopped and resumed, returns the model of an uninterrupted run, factor included', async () => {
    const configuration = configured();
    const whole = await recordRun({ configuration, dataset, runtime });
    const changes = everyStep(60);
    const half = await recordRun({ configuration, dataset, runtime, changes }, async (trainer) => {
      await reaches(trainer, 25);
      trainer.stop();
    });
    const rest = await recordRun({ configuration, dataset, runtime, changes, resumeFrom: half.last });
    expect(rest.outcome.model).toEqual(whole.outcome.model);
    expect(numbersOf([...half.metrics, ...rest.metrics])).toEqual(numbersOf(whole.metrics));
  });

  it.skipIf(!hasTensorflow)('compiled, gives the factor of eager steps', async () => {
    const tensorflow = await openEngine({ engine: 'tensorflow', device: testDevice });
    const factors = await Promise.all(
      (['eager', 'xla'] as const).map(async (execution) => {
        const configuration = configured({}, { epochs: 1 }, execution);
        return (await recordRun({ configuration, dataset, runtime: tensorflow })).outcome.model.transform?.factor;
      }),
    );
    factors[0]?.forEach((factor, output) => {
      expect((factors[1]?.[output] ?? NaN) / factor).toBeCloseTo(1, 4);
    });
    expect(factors[0]).toHaveLength(2);
  });

  it('refuses training rows at the bound, with their number, the first ones, and what to do', async () => {
    const { train } = dataset.splits;
    const targets = train.targets.slice();
    for (const row of [3, 8, 9, 30, 31, 32, 33]) targets[2 * row + 1] = 0.4;
    const atBound = { ...dataset, splits: { ...dataset.splits, train: { ...train, targets } } };
    const before = runtime.tensorCount();
    await expect(recordRun({ configuration: configured(), dataset: atBound, runtime })).rejects.toThrow(
      /"y1" is at its bound 1\.25 in 7 of 200 training rows.*: data row 4 \(1\), data row 9 \(1\), .* and 2 more\..*--set target=as-is/,
    );
    expect(runtime.tensorCount()).toBe(before);
  });
});

describe('the configuration of a run on the logarithm of the target', () => {
  const refusal = (settings: Record<string, unknown>, training: RunConfigurationInput['training'] = {}) => {
    try {
      checkConfiguration(configured(settings, training));
      return undefined;
    } catch (error) {
      return error instanceof OrthantError ? { field: error.field, message: error.message } : undefined;
    }
  };

  it('needs exp, and a loss that is defined for negative numbers', () => {
    for (const transform of ['relu', 'softplus', 'square']) {
      expect(refusal({ transform })?.field).toBe('constraint.method.settings.target');
      expect(refusal({ transform })?.message).toContain('--set transform=exp');
      expect(refusal({ transform, target: 'as-is' })).toBeUndefined();
    }
    for (const loss of ['squared-error', 'absolute', 'huber'] as const) expect(refusal({}, { loss })).toBeUndefined();
    for (const loss of ['poisson', 'gamma', 'tweedie'] as const) {
      expect(refusal({}, { loss })?.field).toBe('training.loss');
      expect(refusal({}, { loss })?.message).toContain('--loss squared-error');
      expect(refusal({ target: 'as-is' }, { loss })).toBeUndefined();
    }
  });
});
