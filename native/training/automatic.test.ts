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

const facts: TableFacts = { rows: 240, features: 4, outputs: 1, missing: 'drop' };

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
    [64, 128, 1000],
    [64, 240, 500],
    [64, 800, 200],
    [64, 2400, 60],
    [64, 6336, 30],
    [64, 6337, 20],
    [64, 1_000_000, 20],
    [16, 800, 40],
    [0, 1_000_000, 1000],
  ])('batches of %i from %i rows: %i', (batchSize, rows, epochs) => {
    expect(epochsOf(batchSize, rows)).toBe(epochs);
  });

  test('makes about two thousand steps, unless an epoch is a single step; never fewer epochs than 20', () => {
    for (const batchSize of [0, 1, 7, 16, 64, 4096]) {
      for (let rows = 1; rows < 20_000; rows = Math.ceil(rows * 1.3)) {
        const each = stepsOfEpoch({ batchSize }, rows);
        const epochs = epochsOf(batchSize, rows);
        expect(epochs).toBeGreaterThanOrEqual(20);
        expect(epochs).toBeLessThanOrEqual(1000);
        if (each > 1) expect(each * epochs).toBeGreaterThanOrEqual(2000);
        if (epochs > 20) expect(each * epochs).toBeLessThanOrEqual(4000);
      }
    }
  });
});
