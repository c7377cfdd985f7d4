import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunConfigurationInput, SettledConfiguration } from '../contract/configuration.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { ChunkReader } from '../compile/chunkReader.ts';
import { withBinding } from '../compile/testing/bindings.ts';
import type { DataSet } from '../data/dataset.ts';
import { chooseExecution } from './chooseExecution.ts';
import { chunkRowsWithin, dataMemoryLimit } from './dataMemory.ts';
import { buildParts } from './buildParts.ts';
import { everyStep, numbersOf, reaches, recordRun, type RecordedRun } from './testing/exampleRuns.ts';
import { exampleConfiguration, exampleDataSet } from './testing/example.ts';
import type { Trainer } from './trainer.ts';
import type { TrainerHooks, TrainerOptions } from './trainerOptions.ts';

const mebibyte = 2 ** 20;

/** 150 training rows: batches of 20, the last one of 10. 20 + 20 rows for validation and test. */
const dataset = exampleDataSet({ rows: 150, heldOut: 20 });
/** A row has 4 inputs and 2 targets. A chunk holds 2 batches, so an epoch has 4 chunks: 40, 40, 40 and 30 rows. */
const rowBytes = 4 * (4 + 2);
const smallLimit = 3 * 40 * rowBytes;

let runtime: EngineRuntime;

type Execution = SettledConfiguration['runtime']['execution'];

function configuration(
  execution: Execution,
  method = 'augmented-lagrangian',
  training: RunConfigurationInput['training'] = {},
): SettledConfiguration {
  return {
    ...exampleConfiguration({
      network: { hidden: [6, 5], activation: 'softplus' },
      constraint: { epsilon: 0.3, method: { id: method } },
      training: { batchSize: 20, epochs: 4, optimizer: { id: 'adam', learningRate: 5e-3 }, ...training },
    }),
    runtime: { engine: 'auto', device: 'cpu', deterministic: false, execution },
  };
}

interface Run extends RecordedRun {
  readonly warnings: readonly string[];
}

/** Trains with this many bytes of data in the engine. */
async function train(
  limit: number,
  options: Pick<TrainerOptions, 'configuration'> & Partial<TrainerOptions>,
  steer?: (trainer: Trainer) => Promise<void>,
): Promise<Run> {
  const warnings: string[] = [];
  const hooks: TrainerHooks = { onWarning: ({ message }) => warnings.push(message) };
  vi.stubEnv('ORTHANT_DATA_MEMORY', String(limit / mebibyte));
  try {
    return { ...(await recordRun({ dataset, runtime, hooks, ...options }, steer)), warnings };
  } finally {
    vi.unstubAllEnvs();
  }
}

function expectSame(actual: Run, expected: Run): void {
  expect(actual.last.tensors).toEqual(expected.last.tensors);
  expect(actual.outcome.model).toEqual(expected.outcome.model);
  expect(numbersOf(actual.metrics)).toEqual(numbersOf(expected.metrics));
}

const executions: readonly Execution[] = hasTensorflow ? ['xla', 'graph', 'eager'] : ['eager'];

beforeAll(async () => {
  runtime = await openEngine({ device: testDevice });
});

describe('a data set fed in chunks', () => {
  // XLA takes a second for each run: only the methods with a multiplier or slack for each row, and one without.
  const withRows = ['none', 'augmented-lagrangian', 'slack-lagrangian'];
  const methods: Readonly<Record<Execution, readonly string[]>> = {
    auto: [],
    xla: withRows,
    graph: [...withRows, 'penalty', 'dual-ascent', 'positive-parameters'],
    eager: [...withRows, 'penalty', 'dual-ascent', 'positive-parameters'],
  };
  it.each(executions.flatMap((execution) => methods[execution].map((method) => [execution, method] as const)))(
    'gives the bits of one held whole: %s, %s',
    async (execution, method) => {
      const configured = configuration(execution, method);
      const find = vi.spyOn(ChunkReader.prototype, 'find');
      const chunked = await train(smallLimit, { configuration: configured });
      if (execution !== 'eager') expect(find).toHaveBeenCalled();
      find.mockClear();
      const whole = await train(Infinity, { configuration: configured });
      expect(find).not.toHaveBeenCalled();
      find.mockRestore();
      expect(chunked.outcome.execution).toBe(execution);
      expect(chunked.warnings.join()).toMatch(/fed in chunks of 40 rows/);
      expect(whole.warnings.join()).not.toMatch(/chunks/);
      expectSame(chunked, whole);
    },
  );

  it.each(executions)('resumes from a checkpoint in the middle of a chunk, bit for bit: %s', async (execution) => {
    const configured = configuration(execution);
    const whole = await train(Infinity, { configuration: configured });
    // In a chunk, at the border of two, and before the last, smaller batch of another epoch.
    for (const stop of [1, 2, 15]) {
      const stopped = await train(
        smallLimit,
        { configuration: configured, changes: everyStep(32) },
        async (trainer) => {
          await reaches(trainer, stop);
          trainer.stop();
        },
      );
      expect(stopped.last.step).toBe(stop);
      const resumed = await train(smallLimit, { configuration: configured, resumeFrom: stopped.last });
      expectSame({ ...resumed, metrics: [...stopped.metrics, ...resumed.metrics] }, whole);
    }
  });

  it.each(executions)('leaves no tensor behind: %s', async (execution) => {
    const before = runtime.tensorCount();
    await train(smallLimit, { configuration: configuration(execution) });
    expect(runtime.tensorCount()).toBe(before);
  });

  it('is not divided into chunks if a step takes all rows', async () => {
    const { warnings } = await train(smallLimit, { configuration: configuration('eager', 'none', { batchSize: 0 }) });
    expect(warnings.join()).not.toMatch(/chunks/);
  });
});

describe('the limit of data in the engine', () => {
  it('does not divide a data set up to its size, and else gives chunks of whole batches within a third', () => {
    const size = 4 * (190 * 4 + 150 * 2);
    expect(chunkRowsWithin(size, dataset, 20)).toBeUndefined();
    expect(chunkRowsWithin(size - 1, dataset, 20)).toBe(Math.floor((size - 1) / 3 / rowBytes / 20) * 20);
    // At least one batch, for any limit.
    expect(chunkRowsWithin(1, dataset, 20)).toBe(20);
    expect(chunkRowsWithin(1, dataset, 150)).toBeUndefined();
  });

  it('comes from the environment variable, else is a share of the memory', () => {
    expect(dataMemoryLimit(undefined, { ORTHANT_DATA_MEMORY: '512' })).toBe(512 * mebibyte);
    expect(dataMemoryLimit(8 * 2 ** 30, {})).toBe(4 * 2 ** 30);
    expect(dataMemoryLimit(undefined, {})).toBeGreaterThan(2 ** 26);
    for (const wrong of ['-1', '0', 'much']) {
      expect(() => dataMemoryLimit(undefined, { ORTHANT_DATA_MEMORY: wrong })).toThrow(/ORTHANT_DATA_MEMORY is "/);
    }
  });
});

describe.skipIf(!hasTensorflow)('the memory of the engine', () => {
  /**
   * MiB of the largest float array that TensorFlow gets during an epoch of steps, and of the inputs of a chunk of an
   * evaluation. (Resident memory shows too little: XLA's need for compiling varies by more than a chunk.)
   */
  function needs(limit: number, large: DataSet): { largest: number; evaluation: number } {
    const configured = configuration('xla', 'augmented-lagrangian', { batchSize: 1024 });
    const backend = nativeBackend(runtime.tf);
    const { binding } = backend;
    let largest = 0;
    const createTensor: typeof binding.createTensor = (shape, type, values) => {
      if (values instanceof Float32Array) largest = Math.max(largest, values.byteLength / mebibyte);
      return binding.createTensor(shape, type, values);
    };
    const evaluation = withBinding(backend, { createTensor }, () => {
      const parts = buildParts(runtime.tf, configured, large, limit * mebibyte);
      const execution = chooseExecution(parts, runtime, configured);
      const order = parts.plan.order(1);
      execution.expect(order);
      for (let step = 0; step < parts.plan.stepsPerEpoch; step++) {
        execution.steps([parts.plan.batch(order, step)], [1e-3]);
      }
      execution.dispose();
      parts.dispose();
      return (4 * parts.evaluationRows * parts.rows.inputs.width) / mebibyte;
    });
    return { largest, evaluation };
  }

  it('does not grow with a data set that is fed in chunks', () => {
    const width = 256;
    const rowsOf = (count: number): DataSet => {
      const small = exampleDataSet({ rows: 1, heldOut: 0, inputs: width });
      const train = {
        ...small.splits.train,
        rows: count,
        inputs: new Float32Array(count * width).fill(0.5),
        targets: new Float32Array(count * 2).fill(1),
      };
      return { ...small, splits: { ...small.splits, train } };
    };
    const many = rowsOf(100_000);
    const size = (4 * width * 100_000) / mebibyte;
    const limit = 16;
    const chunked = needs(limit, many);
    const whole = needs(Infinity, many);
    expect(chunked.largest).toBeLessThanOrEqual(Math.max(limit / 3, chunked.evaluation));
    expect(chunked.evaluation).toBeLessThan(limit);
    expect(whole.largest).toBeGreaterThan(0.99 * size);
  });
});
