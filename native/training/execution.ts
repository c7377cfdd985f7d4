import type * as tfjs from '@tensorflow/tfjs-core';
import type { SplitName, TrainingResult } from '../contract/results.ts';
import { predictInChunks } from './evaluate.ts';
import type { TrainingParts } from './buildParts.ts';
import { predictWith, trainingStep, type Batch } from './step.ts';
import { gatherTensor } from './trainingRows.ts';

/** The chosen execution, and how it was chosen. */
export interface ExecutionReport {
  readonly kind: TrainingResult['execution'];
  /** Text for the user why no faster one is used; undefined for the fastest one, or if the user requested this one. */
  readonly reason?: string | undefined;
  /** Whether a faster execution was tried and was not available. */
  readonly refused: boolean;
  /** Seconds of tracing and compiling, including failed attempts. */
  readonly compileSeconds: number;
}

/**
 * Runs steps and forward passes: one operation at a time, or many steps in one compiled program. A program keeps a
 * separate copy of the state: `pull` copies it to the Variables, `push` copies assigned Variables to the program.
 */
export interface Execution extends ExecutionReport {
  /**
   * Runs one step for each batch.
   *
   * @param batches - row numbers of each step
   * @param learningRates - one for each step
   * @returns the objective of each step
   */
  steps(batches: readonly Int32Array[], learningRates: readonly number[]): Float32Array;
  /**
   * Scaled predictions of a split with the current weights, row-major [rows, outputs]; awaits `yieldToEvents` between
   * chunks.
   */
  predictSplit(split: SplitName, yieldToEvents: () => Promise<void>): Promise<Float32Array>;
  /** Sets the rows of the next steps, in order, so that data in chunks can be prepared. */
  expect(rows: Int32Array): void;
  /** Call this before reading Variables; without `variables`, before reading any. */
  pull(variables?: readonly tfjs.Variable[]): void;
  /** Call this after assigning Variables outside of a step. */
  push(): void;
  dispose(): void;
}

/** Runs one operation at a time, on the Variables themselves. Objectives are read back once for each call. */
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
    predictSplit: (split, yieldToEvents) => {
      const inputs = data.splits[split];
      if (inputs === undefined) return Promise.resolve(new Float32Array());
      const predict = (chunk: tfjs.Tensor2D) => predictWith(parts, chunk);
      return predictInChunks(tf, inputs, targetBounds.length, evaluationRows, predict, yieldToEvents);
    },
    expect: () => undefined,
    pull: () => undefined,
    push: () => undefined,
    dispose: () => undefined,
  };
}
