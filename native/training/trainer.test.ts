import { describe, expect, it } from 'vitest';
import { openEngine } from '../tensorflow/backend.ts';
import { exampleConfiguration, exampleDataSet } from './exampleRun.ts';
import { Trainer } from './trainer.ts';

describe('Trainer', () => {
  it('runs', async () => {
    const runtime = await openEngine({});
    console.log(runtime.engine, runtime.version, runtime.reason);
    for (const id of ['none', 'penalty', 'augmented-lagrangian']) {
      const trainer = Trainer.create({
        configuration: exampleConfiguration({ constraint: { method: { id } }, training: { epochs: 10 } }),
        dataset: exampleDataSet(),
        runtime,
        hooks: {
          onMetrics: (m) =>
            console.log(
              m.epoch,
              m.objective,
              m.splits.train?.loss,
              m.splits.train?.outputs[0]?.negativeShare,
              m.best,
              m.constraint,
            ),
        },
      });
      const outcome = await trainer.run();
      console.log(outcome.stopped, outcome.seconds, outcome.steps, outcome.bestEpoch);
    }
    expect(1).toBe(1);
  });
});
