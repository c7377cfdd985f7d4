import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunConfigurationInput } from '../contract/configuration.ts';
import { openEngine } from '../tensorflow/backend.ts';
import type * as choice from './chooseExecution.ts';
import type { Progress } from './progress.ts';
import { exampleConfiguration, exampleDataSet } from './testing/example.ts';
import { recordRun, type RecordedRun } from './testing/exampleRuns.ts';

/**
 * Tests how a run divides its time, with a clock that only steps advance, by {@link millisecondsPerStep} each.
 */

let millisecondsPerStep = 1;
/** Steps of each call. */
const calls: number[] = [];

vi.mock('./chooseExecution.ts', async (original) => {
  const { chooseExecution, ...rest } = await original<typeof choice>();
  return {
    ...rest,
    chooseExecution: (...given: Parameters<typeof chooseExecution>) => {
      const execution = chooseExecution(...given);
      return {
        ...execution,
        steps: (...batches: Parameters<typeof execution.steps>) => {
          calls.push(batches[0].length);
          vi.advanceTimersByTime(millisecondsPerStep * batches[0].length);
          return execution.steps(...batches);
        },
      };
    },
  };
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  calls.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const rows = 240;
const dataset = exampleDataSet({ rows, heldOut: 10 });

/** A run with one row in each step. */
async function train(training: RunConfigurationInput['training']): Promise<RecordedRun & { progress: Progress[] }> {
  const progress: Progress[] = [];
  const recorded = await recordRun({
    configuration: exampleConfiguration({ network: { hidden: [4] }, training: { batchSize: 1, ...training } }),
    dataset,
    runtime: await openEngine({ engine: 'wasm' }),
    hooks: { onProgress: (each) => progress.push(each) },
  });
  return { ...recorded, progress };
}

it('runs steps for 50 ms in each call, at most to the end of the epoch', async () => {
  millisecondsPerStep = 1;
  await train({ epochs: 2 });
  // The first call measures the time of a step.
  expect(calls).toEqual([1, 50, 50, 50, 50, 39, 50, 50, 50, 50, 40]);
});

it('runs one step in a call if a step takes longer than that', async () => {
  millisecondsPerStep = 70;
  await train({ epochs: 1 });
  expect(calls).toEqual(calls.map(() => 1));
});

it('reports its progress at most every 50 ms, with the time that is left', async () => {
  millisecondsPerStep = 1;
  const { progress } = await train({ epochs: 2 });
  const between = progress.slice(1).map(({ step }, i) => step - (progress[i]?.step ?? NaN));
  expect(between.length).toBeGreaterThan(3);
  for (const steps of between) expect(steps).toBeGreaterThanOrEqual(50);
  expect(progress.every(({ steps, objective }) => steps === 2 * rows && Number.isFinite(objective))).toBe(true);
  for (const { step, secondsLeft } of progress) expect(secondsLeft).toBeCloseTo((2 * rows - step) / 1000, 9);
});

it('writes a checkpoint at the end of an epoch, at most once a second, and at the end of the run', async () => {
  millisecondsPerStep = 1;
  const { checkpoints } = await train({ epochs: 11 });
  expect(checkpoints.map(({ epoch }) => epoch)).toEqual([1, 6, 11]);
  millisecondsPerStep = 5;
  expect((await train({ epochs: 3 })).checkpoints.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
});
