import type { SplitName, TrainingResult } from '../contract/results.ts';
import { predictInChunks } from './evaluate.ts';
import type { TrainingParts } from './parts.ts';
import { predictWith, trainingStep } from './step.ts';

/**
 * Whatever carries out steps and forward passes: one operation at a time, or many steps in one compiled program. A
 * program keeps the state for itself, so that the Variables are brought up to date by `pull` and listened to by `push`.
 */
export interface Execution {
  readonly kind: TrainingResult['execution'];
  /** Why not a faster one, for a person; undefined where there is none, or where it was asked for. */
  readonly reason?: string;
  /** Seconds that tracing and compiling took. */
  readonly compileSeconds: number;
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
  /** Before Variables are read. */
  pull(): void;
  /** After Variables were assigned outside of a step. */
  push(): void;
  dispose(): void;
}

/** One operation at a time; works on the Variables themselves. Objectives are read back once a call. */
export function eagerExecution(parts: TrainingParts, reason?: string): Execution {
  const { tf, splitInputs, targetBounds, chunkRows } = parts;
  return {
    kind: 'eager',
    ...(reason === undefined ? {} : { reason }),
    compileSeconds: 0,
    steps: (batches, learningRates) => {
      const objectives = batches.map((batch, i) => {
        const rows = tf.tensor1d(batch, 'int32');
        const learningRate = tf.scalar(learningRates[i] ?? 0);
        const objective = trainingStep(parts, rows, learningRate);
        tf.dispose([rows, learningRate]);
        return objective;
      });
      const all = tf.stack(objectives);
      const values = new Float32Array(all.dataSync());
      tf.dispose([objectives, all]);
      return values;
    },
    predictSplit: (split, breathe) => {
      const inputs = splitInputs[split];
      if (inputs === undefined) return Promise.resolve(new Float32Array());
      const predict = (chunk: typeof inputs) => predictWith(parts, chunk);
      return predictInChunks(tf, inputs, targetBounds.length, chunkRows, predict, breathe);
    },
    pull: () => undefined,
    push: () => undefined,
    dispose: () => undefined,
  };
}
