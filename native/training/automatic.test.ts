import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  runConfigurationSchema,
  type RunConfiguration,
  type RunConfigurationInput,
} from '../contract/configuration.ts';
import { valueAt } from '../contract/describedSetting.ts';
import { stepsOfEpoch } from '../contract/epochSteps.ts';
import { settle, type TableFacts } from './automatic.ts';

const facts: TableFacts = { rows: 240, validationRows: 30, features: 4, outputs: 1, missing: 'drop' };

const configurationOf = (asked: Partial<RunConfigurationInput> = {}): RunConfiguration =>
  runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'meats' } }, ...asked });

/** Where each setting that takes `auto` is in a configuration, and a value that a user might choose. */
const settings = {
  method: ['constraint.method.id', 'penalty'],
  hidden: ['network.hidden', [3]],
  epochs: ['training.epochs', 7],
  weightDecay: ['training.weightDecay', 0.5],
  earlyStopping: ['training.earlyStopping', 9],
  missing: ['data.missing', 'median'],
} as const;
type Name = keyof typeof settings;
const names = Object.keys(settings) as Name[];

const asking = (automatic: readonly Name[]): RunConfiguration => {
  const value = (name: Name): never => (automatic.includes(name) ? 'auto' : settings[name][1]) as never;
  return configurationOf({
    data: { source: { kind: 'sample', id: 'meats' }, missing: value('missing') },
    network: { hidden: value('hidden') },
    constraint: { method: { id: value('method') } },
    training: { epochs: value('epochs'), weightDecay: value('weightDecay'), earlyStopping: value('earlyStopping') },
  });
};

describe('settling a configuration', () => {
  test('chooses exactly what is auto, says so, and leaves everything else as it is', () => {
    fc.assert(
      fc.property(fc.subarray(names), (automatic) => {
        const asked = asking(automatic);
        const { configuration, chosen } = settle(asked, facts);
        expect(Object.keys(chosen).toSorted()).toEqual(automatic.toSorted());
        for (const name of names) {
          const [path, explicit] = settings[name];
          expect(valueAt(configuration, path)).toEqual(automatic.includes(name) ? chosen[name] : explicit);
          expect(valueAt(configuration, path)).not.toBe('auto');
        }
        // With the same values asked for, nothing is left to choose.
        expect(settle(configuration, { ...facts, rows: 1, missing: 'median' })).toEqual({ configuration, chosen: {} });
        expect(runConfigurationSchema.parse(configuration)).toEqual(configuration);
      }),
    );
  });

  test('auto is what a configuration asks for that names nothing', () => {
    expect(configurationOf()).toEqual(asking(names));
  });

  test('gives each of several activations a layer', () => {
    const { configuration } = settle(configurationOf({ network: { activation: ['relu', 'tanh', 'elu'] } }), facts);
    expect(configuration.network.hidden).toHaveLength(3);
  });
});

describe('the number of epochs', () => {
  const epochsOf = (batchSize: number, rows: number): number =>
    settle(configurationOf({ training: { batchSize } }), { ...facts, rows }).configuration.training.epochs;

  test.each([
    [64, 48, 1000],
    [64, 240, 500],
    [64, 800, 300],
    [64, 2100, 200],
    [64, 43_133, 30],
    [64, 1_000_000, 10],
    [16, 240, 200],
    [0, 1_000_000, 1000],
  ])('batches of %i from %i rows: %i', (batchSize, rows, epochs) => {
    expect(epochsOf(batchSize, rows)).toBe(epochs);
  });

  test('makes at least two thousand steps, unless an epoch is a single step; more for more rows, in fewer epochs', () => {
    for (const batchSize of [1, 7, 16, 64, 4096]) {
      let last = Infinity;
      for (let rows = 1; rows < 1e6; rows = Math.ceil(rows * 1.3)) {
        const each = stepsOfEpoch({ batchSize }, rows);
        const epochs = epochsOf(batchSize, rows);
        expect(epochs).toBeGreaterThanOrEqual(10);
        expect(epochs).toBeLessThanOrEqual(1000);
        expect(epochs).toBeLessThanOrEqual(last);
        if (each > 1) expect(each * epochs).toBeGreaterThanOrEqual(2000);
        last = epochs;
      }
    }
  });
});

describe('the method', () => {
  const methodOf = (network: RunConfigurationInput['network']): string =>
    settle(configurationOf({ network }), facts).configuration.constraint.method.id;

  test.each([
    [{}, 'non-negative-last-layer'],
    [{ activation: 'tanh' as const }, 'non-negative-last-layer'],
    [{ activation: 'softplus' as const, hidden: [8, 8] }, 'non-negative-last-layer'],
    // The features may be negative without limit, or there are none.
    [{ activation: 'leaky-relu' as const }, 'output-transform'],
    [{ hidden: [] }, 'output-transform'],
    // One layer of relu makes a convex function.
    [{ hidden: [64] }, 'output-transform'],
  ])('for the network %j is %s', (network, method) => {
    expect(methodOf(network)).toBe(method);
  });
});

test('weights decay only where no validation rows choose the snapshot, and rows are few', () => {
  const decayOf = (rows: number, validationRows: number): number =>
    settle(configurationOf(), { ...facts, rows, validationRows }).configuration.training.weightDecay;
  expect([decayOf(100, 10), decayOf(100, 0), decayOf(50_000, 0)]).toEqual([0, 1, 0]);
});

test('half of the epochs without improvement end a run', () => {
  const { configuration } = settle(configurationOf({ training: { epochs: 41 } }), facts);
  expect(configuration.training.earlyStopping).toBe(21);
  expect(
    settle(configurationOf({ training: { epochs: 41, earlyStopping: 0 } }), facts).configuration.training.earlyStopping,
  ).toBe(0);
});
