import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import type { RunChange } from '../contract/runRecord.ts';
import { constraintMethods } from '../constraints/registry.ts';
import { predict } from '../network/predict.ts';
import { readLastCheckpoint, writeCheckpoint, type Checkpoint } from '../runs/checkpoints.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { testEngines as engines, testDeviceOf } from '../tensorflow/testEngines.ts';
import { exampleConfiguration, exampleDataSet } from './testing/example.ts';
import { eagerExecution } from './execution.ts';
import { buildParts } from './buildParts.ts';
import { carriedOut, everyStep, numbersOf, reaches, recordRun, type RecordedRun } from './testing/exampleRuns.ts';
import { Trainer } from './trainer.ts';
import type { TrainerOptions } from './trainerOptions.ts';

const dataset = exampleDataSet();
const nothing = { rows: 0, rowNumbers: new Int32Array(), inputs: new Float32Array(), targets: new Float32Array() };

let runtime: EngineRuntime;

const train = (options: Partial<TrainerOptions>, steer?: Parameters<typeof recordRun>[1]): Promise<RecordedRun> =>
  recordRun({ configuration: exampleConfiguration(), dataset, runtime, ...options }, steer);

/** Executions that an engine supports. */
const executionsOf = (engine: string) =>
  engine === 'tensorflow' ? (['eager', 'graph', 'xla'] as const) : (['eager'] as const);

const method = (id: string, settings: Record<string, unknown> = {}) => ({ method: { id, settings } });

describe.each(engines)('on the %s engine', (engine) => {
  const executions = executionsOf(engine);
  beforeAll(async () => {
    runtime = await openEngine({ engine, device: testDeviceOf(engine) });
  });

  it('frees its parts if the execution cannot be recorded', () => {
    const { tf } = runtime;
    const options = { configuration: exampleConfiguration(), dataset, runtime };
    const disk = new OrthantError('file', 'The disk is full.');
    const before = tf.memory().numTensors;
    expect(
      () =>
        new Trainer({
          ...options,
          hooks: {
            onExecution: () => {
              throw disk;
            },
          },
        }),
    ).toThrow(disk);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(executions)(
    'gives the same bits for the same seed, and different bits for another seed: %s',
    async (execution) => {
      // Wide enough that matrix products and sums are divided among threads.
      const wide = exampleDataSet({ rows: 500, inputs: 300 });
      const configuration = (seed: number) =>
        carriedOut(
          exampleConfiguration({
            network: { hidden: [400, 300] },
            constraint: method('augmented-lagrangian'),
            training: { seed, batchSize: 128, epochs: 3, weightDecay: 1e-3, gradientClip: 1 },
          }),
          execution,
        );
      const first = await train({ configuration: configuration(1), dataset: wide });
      const again = await train({ configuration: configuration(1), dataset: wide });
      expect(first.outcome.execution).toBe(execution);
      expect(again.digest).toBe(first.digest);
      expect(numbersOf(again.metrics)).toEqual(numbersOf(first.metrics));
      const other = await train({ configuration: configuration(2), dataset: wide });
      expect(other.digest).not.toBe(first.digest);
    },
  );

  // XLA takes seconds for each run: only one method with a state for each row, and one with reparametrised weights.
  const resumed = executions.flatMap((execution) =>
    constraintMethods
      .filter(({ id }) => execution !== 'xla' || id === 'slack-lagrangian' || id === 'positive-parameters')
      .map(({ id }) => [id, execution] as const),
  );
  it.each(resumed)('resumes %s in the middle of an epoch, bit for bit: %s', async (id, execution) => {
    const configuration = carriedOut(
      exampleConfiguration({
        constraint: method(id),
        training: { batchSize: 50, epochs: 4, optimizer: { id: 'adamw' }, weightDecay: 1e-3 },
      }),
      execution,
    );
    const folder = mkdtempSync(path.join(tmpdir(), 'orthant-resume-'));
    try {
      const whole = await train({ configuration });
      const stopped = await train({ configuration, changes: everyStep(100) }, async (trainer) => {
        await reaches(trainer, 7);
        trainer.stop();
      });
      expect(stopped.outcome.stopped).toBe('by-request');
      expect(stopped.outcome.execution).toBe(execution);
      const { last } = stopped;
      // Five steps in an epoch: the stop is in the second epoch.
      expect([last.epoch, last.step]).toEqual([1, 7]);
      writeCheckpoint(folder, last);
      const resumed = await train({ configuration, resumeFrom: readLastCheckpoint(folder)! });
      expect(resumed.digest).toBe(whole.digest);
      expect(resumed.outcome.model).toEqual(whole.outcome.model);
      expect(numbersOf([...stopped.metrics, ...resumed.metrics])).toEqual(numbersOf(whole.metrics));
      expect(resumed.outcome.bestEpoch).toBe(whole.outcome.bestEpoch);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has as many tensors after 1,000 steps as after 10, with every method', () => {
    for (const [index, { id }] of constraintMethods.entries()) {
      const before = runtime.tensorCount();
      const configuration = exampleConfiguration({
        network: { hidden: [4, 4] },
        constraint: method(id),
        training: { batchSize: 16, gradientClip: 1, weightDecay: 0.01 },
      });
      const parts = buildParts(runtime.tf, configuration, dataset);
      const execution = eagerExecution(parts);
      const steps = (count: number) => {
        const order = parts.plan.order(1);
        for (let step = 0; step < count; step++) execution.steps([parts.plan.batch(order, step % 15)], [1e-3]);
      };
      steps(10);
      const early = runtime.tensorCount();
      // One method runs all steps; the others would show a leak in a step after fifteen.
      steps(constraintMethods[index]?.id === 'augmented-lagrangian' ? 990 : 15);
      expect(runtime.tensorCount(), id).toBe(early);
      parts.dispose();
      expect(runtime.tensorCount(), id).toBe(before);
    }
  });

  it('leaves no tensor behind', async () => {
    const before = runtime.tensorCount();
    await train({ configuration: exampleConfiguration({ constraint: method('slack-lagrangian') }) });
    expect(runtime.tensorCount()).toBe(before);
  });

  it('returns the weights whose metrics it reports', async () => {
    const { outcome } = await train({
      configuration: exampleConfiguration({ constraint: method('output-transform') }),
    });
    for (const split of ['train', 'test'] as const) {
      const { inputs, targets, rows } = dataset.splits[split];
      const predictions = predict(outcome.model, inputs);
      outcome.metrics.splits[split]?.outputs.forEach((report, output) => {
        const scale = dataset.schema.targets[output]?.scale ?? 1;
        let squares = 0;
        let minimum = Infinity;
        for (let i = output; i < targets.length; i += 2) {
          squares += (((predictions[i] ?? 0) - (targets[i] ?? 0)) * scale) ** 2;
          minimum = Math.min(minimum, (predictions[i] ?? 0) * scale);
        }
        expect(report.rmse).toBeCloseTo(Math.sqrt(squares / rows), 4);
        expect(report.minimum).toBeCloseTo(minimum, 4);
      });
    }
  });
});

describe('training', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: engines[0]!, device: testDeviceOf(engines[0]!) });
  });

  it('finds the least squares solution of a linear model', async () => {
    const { outcome } = await train({
      // Without a validation split the snapshot is the epoch with the least training loss.
      dataset: { ...dataset, splits: { ...dataset.splits, validation: nothing, test: nothing } },
      configuration: exampleConfiguration({
        network: { hidden: [] },
        training: { batchSize: 0, epochs: 400, optimizer: { id: 'adam', learningRate: 0.05 } },
      }),
    });
    const { kernel, bias } = outcome.model.layers[0]!;
    const { inputs, targets } = dataset.splits.train;
    // The residual of the optimum is orthogonal to every input and to the constant.
    for (let output = 0; output < 2; output++) {
      const products = [0, 0, 0, 0, 0];
      for (let row = 0; row < 240; row++) {
        const x = [...inputs.subarray(row * 4, row * 4 + 4), 1];
        const p = x.reduce((sum, value, i) => sum + value * ((i < 4 ? kernel[i * 2 + output] : bias[output]) ?? 0), 0);
        x.forEach((value, i) => (products[i]! += (value * (p - (targets[row * 2 + output] ?? 0))) / 240));
      }
      for (const product of products) expect(Math.abs(product)).toBeLessThan(1e-3);
    }
  });

  it.each(['momentum', 'adam', 'rmsprop'] as const)(
    'with %s every method learns and keeps closer to the bound',
    async (id) => {
      const learningRate = { momentum: 0.002, adam: 0.005, rmsprop: 0.002 }[id];
      const run = (constrained: string) =>
        train({
          configuration: exampleConfiguration({
            // Above some targets, which a network without a constraint follows.
            constraint: { ...method(constrained), epsilon: 0.25 },
            training: { epochs: 25, gradientClip: 5, optimizer: { id, learningRate } },
          }),
        });
      const none = await run('none');
      const violated = ({ metrics }: RecordedRun): number =>
        metrics.at(-1)?.splits.train?.outputs.reduce((sum, output) => sum + output.violationShare, 0) ?? NaN;
      const loss = ({ metrics }: RecordedRun, epoch: number): number => metrics.at(epoch)?.splits.train?.loss ?? NaN;
      expect(violated(none)).toBeGreaterThan(0.05);
      for (const { id: constrained } of constraintMethods.filter((other) => other.id !== 'none')) {
        const trained = await run(constrained);
        expect(loss(trained, -1), constrained).toBeLessThan(loss(trained, 0));
        expect(violated(trained), constrained).toBeLessThan(violated(none) * 0.75);
      }
    },
  );

  it('trains a loss that needs positive predictions', async () => {
    const { metrics } = await train({
      configuration: exampleConfiguration({
        constraint: { epsilon: 0.001, ...method('output-transform') },
        training: { loss: 'gamma', epochs: 10 },
      }),
    });
    expect(metrics.at(-1)?.splits.train?.loss).toBeLessThan(metrics[0]?.splits.train?.loss ?? NaN);
  });
});

describe('control of a run', () => {
  const executions = executionsOf(engines[0]!);
  beforeAll(async () => {
    runtime = await openEngine({ engine: engines[0]!, device: testDeviceOf(engines[0]!) });
  });

  it.each(executions)(
    'pauses with a checkpoint, takes changes over, and repeats them when replayed: %s',
    async (execution) => {
      const configuration = carriedOut(
        exampleConfiguration({ constraint: method('penalty'), training: { epochs: 6 } }),
        execution,
      );
      const states: string[] = [];
      const changed = await train(
        { configuration, changes: everyStep(20), hooks: { onState: (state) => states.push(state) } },
        async (trainer) => {
          await reaches(trainer, 9);
          await trainer.pause();
          expect(trainer.state).toBe('paused');
          expect(() => {
            trainer.resume({ methodSettings: { alpah: 3 } });
          }).toThrow(/alpha/);
          expect(trainer.state).toBe('paused');
          trainer.resume({ epochs: 4, learningRate: 0.01, methodSettings: { alpha: 50 } });
        },
      );
      expect(states).toEqual(['training', 'paused', 'training', 'finished']);
      expect(changed.outcome.execution).toBe(execution);
      expect(changed.metrics).toHaveLength(4);
      expect(changed.changes).toMatchObject([{ epochs: 4, learningRate: 0.01, methodSettings: { alpha: 50 } }]);
      expect(changed.changes[0]?.step).toBe(9);

      // Without XLA a compiled run gives the bits of an eager one, which shows that the change had its effect.
      const byOperations = await train({ configuration: carriedOut(configuration, 'eager'), changes: changed.changes });
      if (execution !== 'xla') expect(changed.digest).toBe(byOperations.digest);
      const replayed = await train({ configuration, changes: changed.changes });
      expect(replayed.digest).toBe(changed.digest);
      expect(numbersOf(replayed.metrics)).toEqual(numbersOf(changed.metrics));
      expect((await train({ configuration })).digest).not.toBe(changed.digest);

      // A run that ends while paused and is resumed later still applies the change.
      const paused = changed.checkpoints.find(({ step }) => step === 9)!;
      const history = [...(paused.state.changes as RunChange[]), ...changed.changes];
      const resumed = await train({ configuration, resumeFrom: paused, changes: history });
      expect(resumed.digest).toBe(changed.digest);
    },
  );

  it.each(executions)('pauses and stops at the current step, between two calls: %s', async (execution) => {
    const configuration = carriedOut(exampleConfiguration({ training: { epochs: 3000 } }), execution);
    const { outcome, last } = await train({ configuration }, async (trainer) => {
      await reaches(trainer, 20);
      let asked = trainer.step;
      await trainer.pause();
      expect(trainer.step).toBe(asked);
      trainer.resume();
      await reaches(trainer, asked + 1);
      asked = trainer.step;
      trainer.stop();
      expect(trainer.step).toBe(asked);
    });
    expect(outcome).toMatchObject({ execution, stopped: 'by-request' });
    expect(last.step).toBe(outcome.steps);
  });

  it('does not make a change that cannot be recorded', async () => {
    const full = (): never => {
      throw new OrthantError('file', 'The disk is full.');
    };
    const configuration = exampleConfiguration({ training: { epochs: 2 } });
    const trainer = new Trainer({ configuration, dataset, runtime, hooks: { onChange: full } });
    const done = trainer.run();
    await trainer.pause();
    expect(() => {
      trainer.resume({ epochs: 3 });
    }).toThrow('The disk is full.');
    expect(trainer.state).toBe('paused');
    trainer.resume();
    expect((await done).epochs).toBe(2);
  });

  it('refuses a change while it is not paused', async () => {
    await train({}, (trainer) => {
      expect(() => {
        trainer.resume({ learningRate: 1 });
      }).toThrow(/paused/);
    });
  });

  it('trains one epoch and pauses again', async () => {
    const { outcome, checkpoints, metrics } = await train({ changes: everyStep(100) }, async (trainer) => {
      await reaches(trainer, 3);
      await trainer.pause();
      expect(trainer.step).toBe(3);
      await trainer.oneEpoch();
      expect([trainer.state, trainer.step]).toEqual(['paused', 8]);
      expect(() => trainer.oneEpoch({ methodSettings: { alpah: 3 } })).toThrow(/alpah/);
      expect(trainer.state).toBe('paused');
      await trainer.oneEpoch({ learningRate: 0.25 });
      expect([trainer.state, trainer.step]).toEqual(['paused', 16]);
      trainer.stop();
    });
    expect(outcome.stopped).toBe('by-request');
    expect(checkpoints.at(-1)).toMatchObject({ epoch: 2, step: 16 });
    // The schedule has already lowered it.
    expect(metrics.map(({ learningRate }) => learningRate > 0.1)).toEqual([false, true]);
  });

  it('ends with a model when it is stopped before the first epoch has ended or started', async () => {
    const early = await train({ changes: everyStep(100) }, async (trainer) => {
      await reaches(trainer, 2);
      trainer.stop();
    });
    expect(early.outcome.epochs).toBe(0);
    expect(early.outcome.metrics.splits.train?.rows).toBe(240);
    const atOnce = await train({}, (trainer) => {
      trainer.stop();
    });
    expect(atOnce.outcome.model.layers).toHaveLength(3);
  });

  it('stops early when the best snapshot stays the best', async () => {
    const { outcome, metrics } = await train({
      configuration: exampleConfiguration({
        training: { epochs: 50, earlyStopping: 3, optimizer: { id: 'sgd', learningRate: 1e-30 } },
      }),
    });
    expect(outcome).toMatchObject({ stopped: 'early-stopping', bestEpoch: 1, epochs: 4 });
    expect(metrics.map(({ best }) => best)).toEqual([true, false, false, false]);
  });
});

describe('a failing run', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: engines[0]!, device: testDeviceOf(engines[0]!) });
  });

  it('names the configured learning rate if a schedule has reduced it before the run diverged', async () => {
    const optimizer = { id: 'adam' as const, learningRate: 1e30 };
    const training = { epochs: 1, batchSize: 0, optimizer, schedule: { id: 'cosine' as const } };
    const trainer = new Trainer({ configuration: exampleConfiguration({ training }), dataset, runtime });
    await expect(trainer.run()).rejects.toThrow(/epoch 1 .*learning rate 1e\+30 is too high for adam: try 0\.001\./);
  });

  it('ends a diverged run with the epoch and the likely cause, and keeps the last good checkpoint', async () => {
    const checkpoints: Checkpoint[] = [];
    const before = runtime.tensorCount();
    const trainer = new Trainer({
      configuration: exampleConfiguration({
        training: { epochs: 50, optimizer: { id: 'sgd', learningRate: 1e-3 }, schedule: { id: 'constant' } },
      }),
      dataset,
      runtime,
      hooks: { onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint) },
      changes: [{ step: 20, learningRate: 1e4 }],
    });
    const error = await trainer.run().then(
      () => undefined,
      (reason: unknown) => reason as OrthantError,
    );
    expect([error?.code, error?.field, trainer.state]).toEqual([
      'diverged',
      'training.optimizer.learningRate',
      'failed',
    ]);
    expect(error?.message).toMatch(/epoch 3 .*learning rate 10000 is too high/);
    expect(checkpoints.length).toBeGreaterThan(0);
    for (const { tensors } of checkpoints) {
      for (const { data } of Object.values(tensors)) expect(data.every(Number.isFinite)).toBe(true);
    }
    expect(runtime.tensorCount()).toBe(before);
  });

  it('ends with the error of the checkpoint’s writer', async () => {
    const full = new OrthantError('file', 'The disk is full.');
    await expect(train({ hooks: { onCheckpoint: () => Promise.reject(full) } })).rejects.toBe(full);
  });

  it('frees the engine if its start cannot be reported', async () => {
    const before = runtime.tensorCount();
    const full = new OrthantError('file', 'The disk is full.');
    const onState = (): never => {
      throw full;
    };
    await expect(train({ hooks: { onState } })).rejects.toBe(full);
    expect(runtime.tensorCount()).toBe(before);
  });

  it('refuses a checkpoint of another network or seed', async () => {
    const { checkpoints } = await train({});
    const resumeFrom = checkpoints.at(-1)!;
    const wider = exampleConfiguration({ network: { hidden: [17, 16] } });
    expect(() => new Trainer({ configuration: wider, dataset, runtime, resumeFrom })).toThrow(/layer0.kernel/);
    const reseeded = exampleConfiguration({ training: { seed: 2 } });
    expect(() => new Trainer({ configuration: reseeded, dataset, runtime, resumeFrom })).toThrow(/seed/);
    const damaged = { ...resumeFrom, state: { format: 1 } };
    expect(() => new Trainer({ configuration: exampleConfiguration(), dataset, runtime, resumeFrom: damaged })).toThrow(
      /checkpoint/,
    );
  });

  it('refuses a bound for a target that does not exist', () => {
    const configuration = exampleConfiguration({ constraint: { epsilon: { y0: 1, z: 1 }, ...method('penalty') } });
    expect(() => new Trainer({ configuration, dataset, runtime })).toThrow(/"z"/);
  });
});
