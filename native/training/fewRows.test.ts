import { beforeAll, describe, expect, test } from 'vitest';
import { runConfigurationSchema } from '../contract/configuration.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { factsOf, settle } from './automatic.ts';
import { recordRun } from './testing/exampleRuns.ts';
import { exampleDataSet } from './testing/example.ts';

/** A table whose epochs are single steps, trained with the defaults: the targets are positive and without noise. */
const dataset = exampleDataSet({ rows: 48, outputs: 1, heldOut: 40 });
const { targets } = dataset.splits.train;

/** Mean squared error of the best constant. */
const spread = (() => {
  const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length;
  return targets.reduce((sum, value) => sum + (value - mean) ** 2, 0) / targets.length;
})();

let runtime: EngineRuntime;

describe.skipIf(!hasTensorflow)('a table of few rows, with the defaults', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  test.each(['penalty', 'slack-lagrangian', 'augmented-lagrangian', 'output-transform'])(
    '%s learns it, with every training row at or above the bound',
    async (id) => {
      const asked = runConfigurationSchema.parse({
        data: { source: { kind: 'sample', id: 'example' } },
        constraint: { method: { id } },
        training: { seed: 1 },
      });
      const { configuration } = settle(asked, factsOf(dataset));
      const { metrics } = await recordRun({ configuration, dataset, runtime });
      const last = metrics.at(-1)!;
      expect(last.splits.train?.outputs[0]?.negativeShare).toBe(0);
      expect(last.splits.train?.loss).toBeLessThan(0.1 * spread);
      // A network that can fit every row needs no multiplier in the end. At the start a row may be about a deviation
      // below its bound, where the loss has a slope of 2: a multiplier far above that has accumulated too much.
      expect(Math.max(...metrics.map(({ constraint }) => constraint.largestMultiplier))).toBeLessThan(25);
    },
  );
});
