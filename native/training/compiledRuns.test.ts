import type * as tfjs from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunConfiguration, RunConfigurationInput } from '../contract/configuration.ts';
import type { EpochMetrics } from '../contract/results.ts';
import type { Checkpoint } from '../runs/checkpoints.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow } from '../tensorflow/testEngines.ts';
import { onesOfComputedLength, withBinding } from '../compile/testSupport.ts';
import { chooseExecution } from './chooseExecution.ts';
import { breathe } from './control.ts';
import type { Execution } from './execution.ts';
import { createParts, type TrainingParts } from './parts.ts';
import { exampleConfiguration, exampleDataSet } from './testSupport.ts';
import { Trainer, type TrainerOptions, type TrainingOutcome } from './trainer.ts';
import { hasLargeProducts } from './stepCost.ts';

let runtime: EngineRuntime;

/** 62 rows: batches of 20, 20, 20 and 2. */
const dataset = exampleDataSet({ rows: 62, heldOut: 10 });

function configuration(
  execution: RunConfiguration['runtime']['execution'],
  training: RunConfigurationInput['training'] = {},
): RunConfiguration {
  return {
    ...exampleConfiguration({
      network: { hidden: [6, 5], activation: 'tanh' },
      constraint: { epsilon: 0.3, method: { id: 'augmented-lagrangian' } },
      training: { batchSize: 20, epochs: 6, optimizer: { id: 'adam', learningRate: 5e-3 }, ...training },
    }),
    runtime: { engine: 'tensorflow', device: 'cpu', deterministic: false, execution },
  };
}

interface Record {
  readonly outcome: TrainingOutcome;
  readonly metrics: readonly EpochMetrics[];
  readonly last: Checkpoint;
}

async function train(
  options: Pick<TrainerOptions, 'configuration'> & Partial<TrainerOptions>,
  steer: (trainer: Trainer) => Promise<void> = () => Promise.resolve(),
): Promise<Record> {
  const metrics: EpochMetrics[] = [];
  let last: Checkpoint | undefined;
  const trainer = Trainer.create({
    dataset,
    runtime,
    ...options,
    hooks: {
      onMetrics: (line) => metrics.push(line),
      onCheckpoint: (checkpoint) => void (last = checkpoint),
    },
  });
  const running = trainer.run();
  await steer(trainer);
  const outcome = await running;
  if (last === undefined) throw new Error('the run wrote no checkpoint');
  return { outcome, metrics, last };
}

/** Metrics less the time they took. */
const numbersOf = (metrics: readonly EpochMetrics[]): unknown[] => metrics.map((line) => ({ ...line, seconds: 0 }));

/** Changes that change nothing: each ends a slice, so that a run can be stopped at exactly that step. */
const everyStep = Array.from({ length: 24 }, (_, step) => ({ step }));

describe.skipIf(!hasTensorflow)('compiled training', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: 'cpu' });
  });

  it.each(['xla', 'graph'] as const)(
    'with %s goes on from a checkpoint in the middle of an epoch, bit for bit, and behind a smaller last batch',
    async (execution) => {
      const whole = await train({ configuration: configuration(execution) });
      expect(whole.outcome).toMatchObject({ execution, steps: 24 });
      for (const stop of [4, 6]) {
        const stopped = await train(
          { configuration: configuration(execution), changes: everyStep },
          async (trainer) => {
            while (trainer.step < stop) await breathe();
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

  it('tells of a run that leaves the finite numbers', async () => {
    const configured = configuration('xla', { optimizer: { id: 'sgd', learningRate: 1e6 } });
    await expect(train({ configuration: configured })).rejects.toMatchObject({ code: 'diverged' });
  });
});

describe.skipIf(!hasTensorflow)('a run that cannot be put together', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: 'cpu' });
  });

  it('leaves no tensor behind where its step cannot be compiled', () => {
    const before = runtime.tensorCount();
    const loadSavedModel = (): never => {
      throw new Error('no room');
    };
    withBinding(nativeBackend(runtime.tf), { loadSavedModel }, () => {
      expect(() => Trainer.create({ configuration: configuration('graph'), dataset, runtime })).toThrow('no room');
    });
    expect(runtime.tensorCount()).toBe(before);
  });

  it.each(['xla', 'eager'] as const)('leaves no tensor behind where the checkpoint is of another: %s', async (kind) => {
    const before = runtime.tensorCount();
    const { last } = await train({ configuration: configuration('eager') });
    const wider = {
      ...configuration(kind),
      network: exampleConfiguration({ network: { hidden: [6, 7] } }).network,
    };
    expect(() => Trainer.create({ configuration: wider, dataset, runtime, resumeFrom: last })).toThrow(
      'The checkpoint does not fit this configuration',
    );
    expect(runtime.tensorCount()).toBe(before);
  });
});

describe.skipIf(!hasTensorflow)('what is chosen', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: 'cpu' });
  });

  /** The choice for a run whose method adds this to the loss. */
  function chosenWith(
    term: NonNullable<TrainingParts['method']['term']> | undefined,
    epochs = 200,
  ): Pick<Execution, 'kind' | 'reason' | 'refused' | 'compileSeconds'> {
    const configured = configuration('auto', { epochs });
    const parts = createParts(runtime.tf, configured, dataset);
    const changed = term === undefined ? parts : { ...parts, method: { ...parts.method, term } };
    const chosen = chooseExecution(changed, runtime, configured);
    chosen.dispose();
    parts.dispose();
    return chosen;
  }

  it('is XLA for a long run, without a reason, and with the time it took to compile', () => {
    const { kind, reason, compileSeconds } = chosenWith(undefined);
    expect([kind, reason]).toEqual(['xla', undefined]);
    expect(compileSeconds).toBeGreaterThan(0);
  });

  it('is the graph without XLA where the products are large', () => {
    const configured = {
      ...configuration('auto', { epochs: 1000, batchSize: 62 }),
      network: exampleConfiguration({ network: { hidden: [5700, 5700] } }).network,
    };
    const parts = createParts(runtime.tf, configured, dataset);
    const chosen = chooseExecution(parts, runtime, configured);
    expect(chosen.kind).toBe('graph');
    expect(chosen.reason).toMatch(/faster than XLA/);
    chosen.dispose();
    // Half of the rows in a step: half of the products.
    const smaller = { ...parts, plan: { ...parts.plan, batchSize: 31 } };
    expect(hasLargeProducts(parts)).toBe(true);
    expect(hasLargeProducts(smaller)).toBe(false);
    parts.dispose();
  });

  it('is the eager step for a run of few steps', () => {
    const { kind, reason } = chosenWith(undefined, 3);
    expect(kind).toBe('eager');
    expect(reason).toMatch(/12 steps/);
  });

  type Term = (prediction: Parameters<NonNullable<TrainingParts['method']['term']>>[0]) => unknown;
  const unfit: [string, RegExp, Term][] = [
    [
      'draws random numbers in JavaScript',
      /^The step is not the same on every batch: operation \d+ .*$/,
      (prediction) => runtime.tf.mul(runtime.tf.mean(prediction), runtime.tf.scalar(Math.random())),
    ],
    [
      'looks at its predictions',
      /^The step reads the result of \w+ back to JavaScript.*$/,
      (prediction) => runtime.tf.mul(runtime.tf.mean(prediction), (prediction.dataSync()[0] ?? 0) > 1e9 ? 2 : 1),
    ],
    [
      'uses an operation that the compiler does not know',
      /^The operation Cumsum is not known to the compiler\.$/,
      (prediction) => runtime.tf.mean(runtime.tf.cumsum(prediction, 1)),
    ],
  ];
  const termOf = (term: Term): NonNullable<TrainingParts['method']['term']> => term as () => tfjs.Scalar;
  it.each(unfit)('is the eager step, with the reason, for a method that %s', (_, reason, term) => {
    const chosen = chosenWith(termOf(term));
    expect(chosen.kind).toBe('eager');
    expect(chosen.reason).toMatch(reason);
    expect(chosen.refused).toBe(true);
    // The attempt took its time too.
    expect(chosen.compileSeconds).toBeGreaterThan(0);
  });

  /** Adds nothing, by way of an operation that XLA refuses. */
  const notForXla = termOf((prediction) =>
    runtime.tf.mul(0, runtime.tf.mean(onesOfComputedLength(runtime.tf, runtime.tf.mean(prediction)))),
  );

  it('is the graph, with the reason, where XLA refuses the step: traced once, nothing left of the attempt', () => {
    const configured = configuration('auto', { epochs: 200 });
    const open = (): { parts: TrainingParts; steps: () => number } => {
      const parts = createParts(runtime.tf, configured, dataset);
      let steps = 0;
      const term: typeof notForXla = (...given) => {
        steps++;
        return notForXla(...given);
      };
      return { parts: { ...parts, method: { ...parts.method, term } }, steps: () => steps };
    };
    const started = Date.now();
    const before = runtime.tensorCount();
    const { parts, steps } = open();
    const state = Object.values(parts.state).map((variable) => variable.dataSync<'float32'>().slice());
    const chosen = chooseExecution(parts, runtime, configured);
    expect(chosen).toMatchObject({ kind: 'graph', refused: true });
    expect(chosen.reason).toMatch(/^XLA does not compile the step: .*compile-time constant.*\.$/);
    // One step to warm up, and two for each of the two sizes of a batch.
    expect(steps()).toBe(5);
    expect(chosen.compileSeconds).toBeLessThanOrEqual((Date.now() - started) / 1000);
    expect(Object.values(parts.state).map((variable) => variable.dataSync<'float32'>())).toEqual(state);
    chosen.steps([parts.plan.batch(parts.plan.order(1), 0)], [1e-3]);
    chosen.dispose();
    parts.dispose();
    expect(runtime.tensorCount()).toBe(before);
    const forced = open();
    expect(() =>
      chooseExecution(forced.parts, runtime, { ...configured, runtime: { ...configured.runtime, execution: 'xla' } }),
    ).toThrow(/compile-time constant/);
    forced.parts.dispose();
    expect(runtime.tensorCount()).toBe(before);
  });

  it.each(['eager', 'graph', 'xla'] as const)('is %s for a run that began so', (began) => {
    const configured = configuration('auto', { epochs: began === 'xla' ? 1 : 200 });
    const parts = createParts(runtime.tf, configured, dataset);
    const chosen = chooseExecution(parts, runtime, configured, { began });
    expect(chosen).toMatchObject({ kind: began, refused: false });
    chosen.dispose();
    parts.dispose();
  });

  it('is told of before it is compiled, and when it is settled', async () => {
    const told: string[] = [];
    for (const epochs of [3, 200]) {
      const trainer = Trainer.create({
        configuration: configuration('auto', { epochs }),
        dataset,
        runtime,
        hooks: {
          onCompile: () => void told.push('compiling'),
          onExecution: ({ kind, reason }) => void told.push(`${kind}: ${reason ?? ''}`),
        },
      });
      trainer.stop();
      await trainer.run();
    }
    expect(told).toEqual(['eager: For 12 steps, compiling costs more than it saves.', 'compiling', 'xla: ']);
  });

  it('says why where an execution that was asked for cannot be had', () => {
    const parts = createParts(runtime.tf, configuration('xla'), dataset);
    expect(() => chooseExecution(parts, { engine: 'wasm', device: 'cpu' }, configuration('xla'))).toThrow(
      'Only the TensorFlow engine can compile. Leave the execution "xla" out.',
    );
    expect(chooseExecution(parts, { engine: 'wasm', device: 'cpu' }, configuration('auto'))).toMatchObject({
      kind: 'eager',
      reason: 'Only the TensorFlow engine can compile.',
    });
    parts.dispose();
  });
});
