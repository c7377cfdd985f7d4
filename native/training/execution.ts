import type * as tfjs from '@tensorflow/tfjs-core';
import type { SplitName, TrainingResult } from '../contract/results.ts';
import { predictInChunks } from './evaluate.ts';
import type { TrainingParts } from './buildParts.ts';
import { predictWith, trainingStep, type Batch } from './step.ts';
import { gatherTensor } from './trainingRows.ts';

/** How steps are carried out, and how that was chosen. */
export interface ExecutionReport {
  readonly kind: TrainingResult['execution'];
  /** Why not a faster one, for a person; undefined where there is none, or where it was asked for. */
  readonly reason?: string | undefined;
  /** Whether a faster one was tried and was not available. */
  readonly refused: boolean;
  /** Seconds that tracing and compiling took, attempts that failed included. */
  readonly compileSeconds: number;
}

/**
 * Whatever carries out steps and forward passes: one operation at a time, or many steps in one compiled program. A
 * program keeps the state for itself, so that the Variables are brought up to date by `pull` and listened to by `push`.
 */
export interface Execution extends ExecutionReport {
  /**
   * Carries out one step for each batch.
   *
   * @param batches - row numbers of each step
   * @param learningRates - one a step
   * @returns the objective of each step
   */
  steps(batches: readonly Int32Array[], learningRates: readonly number[]): Float32Array;
  /** Scaled predictions of a split at the present weights, row-major [rows, outputs]; `breathe` between chunks. */
  predictSplit(split: SplitName, breathe: () => Promise<void>): Promise<Float32Array>;
  /** Says which rows the steps to come will take, in order: where data are fed in chunks, the next is made ready. */
  expect(rows: Int32Array): void;
  /** Before Variables are read; without `variables`, before any is. */
  pull(variables?: readonly tfjs.Variable[]): void;
  /** After Variables were assigned outside of a step. */
  push(): void;
  dispose(): void;
}

/** One operation at a time; works on the Variables themselves. Objectives are read back once a call. */
export function eagerExecution(parts: TrainingParts, report: Partial<Omit<ExecutionReport, 'kind'>> = {}): Execution {
  const { tf, rows: data, targetBounds, evaluationRows } = parts;
  const batchOf = (numbers: Int32Array): Batch => {
    const rows = tf.tensor1d(numbers, 'int32');
    if (data.resident === undefined) {
      return { rows, inputs: gatherTensor(tf, data.inputs, numbers), targets: gatherTensor(tf, data.targets, numbers) };
    }
    const { inputs, targets } = data.resident;
    return { rows, inputs: tf.gather(inputs, rows), targets: tf.gather(targets, rows) };
  };
  return {
    kind: 'eager',
    refused: false,
    compileSeconds: 0,
    ...report,
    steps: (batches, learningRates) => {
      const objectives = batches.map((numbers, i) =>
        tf.tidy(() => trainingStep(parts, batchOf(numbers), tf.scalar(learningRates[i] ?? 0))),
      );
      const all = tf.stack(objectives);
      const values = new Float32Array(all.dataSync());
      tf.dispose([objectives, all]);
      return values;
    },
    predictSplit: (split, breathe) => {
      const inputs = data.splits[split];
      if (inputs === undefined) return Promise.resolve(new Float32Array());
      const predict = (chunk: tfjs.Tensor2D) => predictWith(parts, chunk);
      return predictInChunks(tf, inputs, targetBounds.length, evaluationRows, predict, breathe);
    },
    expect: () => undefined,
    pull: () => undefined,
    push: () => undefined,
    dispose: () => undefined,
  };
}
