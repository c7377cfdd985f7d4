import { beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { withBinding } from '../compile/testing/bindings.ts';
import {
  everyStep,
  numbersOf,
  reaches,
  recordRun,
  unevenRows as dataset,
  unevenRun as configuration,
  type RecordedRun,
} from './testing/exampleRuns.ts';
import { exampleConfiguration } from './testing/example.ts';
import { Trainer } from './trainer.ts';
import type { TrainerOptions } from './trainerOptions.ts';

let runtime: EngineRuntime;

const train = (
  options: Pick<TrainerOptions, 'configuration'> & Partial<TrainerOptions>,
  steer?: (trainer: Trainer) => Promise<void>,
): Promise<RecordedRun> => recordRun({ dataset, runtime, ...options }, steer);

describe.skipIf(!hasTensorflow)('compiled training', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  it.each(['xla', 'graph'] as const)(
    'with %s resumes from a checkpoint in the middle of an epoch, bit for bit, and after a smaller last batch',
    async (execution) => {
      const whole = await train({ configuration: configuration(execution) });
      expect(whole.outcome).toMatchObject({ execution, steps: 24 });
      for (const stop of [4, 6]) {
        const stopped = await train(
          { configuration: configuration(execution), changes: everyStep(24) },
          async (trainer) => {
            await reaches(trainer, stop);
            trainer.stop();
          },
        );
        expect(stopped.last.step).toBe(stop);
        const resumed = await train({ configuration: configuration(execution), resumeFrom: stopped.last });
        expect(resumed.last.tensors).toEqual(whole.last.tensors);
        expect(resumed.outcome.model).toEqual(whole.outcome.model);
        expect(numbersOf([...stopped.metrics, ...resumed.metrics])).toEqual(numbersOf(whole.metrics));
      }
    },
  );

  it('without XLA gives the bits of eager training, multipliers, growing coefficient and evaluation included', async () => {
    const [graph, eager] = [
      await train({ configuration: configuration('graph') }),
      await train({ configuration: configuration('eager') }),
    ];
    expect(graph.last.tensors).toEqual(eager.last.tensors);
    expect(numbersOf(graph.metrics)).toEqual(numbersOf(eager.metrics));
  });

  describe('with short epochs', () => {
    // Four steps in an epoch: the coefficient grows after epochs 16 and 32.
    const judged = (execution: 'xla' | 'graph' | 'eager') => ({
      ...configuration(execution, { epochs: 33 }),
      constraint: { epsilon: 0.3, method: { id: 'penalty', settings: { alpha: 1, growth: 3, schedule: 'growing' } } },
    });

    it('a growing coefficient is judged by steps, and without XLA gives the bits of eager training', async () => {
      const [graph, eager] = [
        await train({ configuration: judged('graph') }),
        await train({ configuration: judged('eager') }),
      ];
      const alphas = graph.metrics.map(({ constraint }) => constraint.coefficient);
      expect(alphas).toEqual(alphas.map((_, i) => 3 ** Math.floor((i + 1) / 16)));
      expect(graph.last.tensors).toEqual(eager.last.tensors);
      expect(numbersOf(graph.metrics)).toEqual(numbersOf(eager.metrics));
    });

    it('a growing coefficient is judged at the same epochs after a checkpoint between two judgements, bit for bit', async () => {
      const whole = await train({ configuration: judged('xla') });
      // The run checks for requests at the empty changes, and stops there.
      const changes = [88, 89, 90, 91, 92].map((step) => ({ step }));
      const stopped = await train({ configuration: judged('xla'), changes }, async (trainer) => {
        await reaches(trainer, 88);
        trainer.stop();
      });
      expect(stopped.last.step).toBeLessThan(128);
      const resumed = await train({ configuration: judged('xla'), resumeFrom: stopped.last });
      expect(resumed.metrics.at(-1)?.constraint.coefficient).toBe(9);
      expect(resumed.last.tensors).toEqual(whole.last.tensors);
      expect(numbersOf([...stopped.metrics, ...resumed.metrics])).toEqual(numbersOf(whole.metrics));
    });
  });

  it('leaves no tensor behind', async () => {
    const before = runtime.tensorCount();
    await train({ configuration: configuration('xla') });
    expect(runtime.tensorCount()).toBe(before);
  });

  it('compiles a step of all rows', async () => {
    const full = { batchSize: 0, epochs: 4 };
    const { outcome, metrics } = await train({ configuration: configuration('xla', full) });
    expect(outcome).toMatchObject({ execution: 'xla', steps: 4 });
    const eager = await train({ configuration: configuration('eager', full) });
    metrics.forEach(({ objective }, epoch) => {
      expect(objective / (eager.metrics[epoch]?.objective ?? NaN)).toBeCloseTo(1, 5);
    });
  });

  it('reports a run that diverges', async () => {
    const configured = configuration('xla', { optimizer: { id: 'sgd', learningRate: 1e6 } });
    await expect(train({ configuration: configured })).rejects.toMatchObject({ code: 'diverged' });
  });
});

describe.skipIf(!hasTensorflow)('a run that cannot be put together', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  it('leaves no tensor behind if its step cannot be compiled', () => {
    const before = runtime.tensorCount();
    const loadSavedModel = (): never => {
      throw new Error('no room');
    };
    withBinding(nativeBackend(runtime.tf), { loadSavedModel }, () => {
      expect(() => new Trainer({ configuration: configuration('graph'), dataset, runtime })).toThrow('no room');
    });
    expect(runtime.tensorCount()).toBe(before);
  });

  it.each(['xla', 'eager'] as const)(
    'leaves no tensor behind if the checkpoint is of another run: %s',
    async (kind) => {
      const before = runtime.tensorCount();
      const { last } = await train({ configuration: configuration('eager') });
      const wider = {
        ...configuration(kind),
        network: exampleConfiguration({ network: { hidden: [6, 7] } }).network,
      };
      expect(() => new Trainer({ configuration: wider, dataset, runtime, resumeFrom: last })).toThrow(
        'The checkpoint does not fit this configuration',
      );
      expect(runtime.tensorCount()).toBe(before);
    },
  );
});
