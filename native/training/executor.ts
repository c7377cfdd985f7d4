import { OrthantError } from '../contract/errors.ts';
import type { SplitName } from '../contract/results.ts';
import type { RuntimeSettings } from '../contract/configuration.ts';
import { CompiledRun } from '../compile/compiledRun.ts';
import type { NodeBackend } from '../compile/tape.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import type { TrainingParts } from './parts.ts';
import { predictWith, trainingStep } from './step.ts';

/** How the steps of a run are carried out. */
export type Execution = 'eager' | 'graph' | 'xla';

/** Whatever carries out steps: one by one, or many in one compiled program. */
export interface StepExecutor {
  readonly execution: Execution;
  /** Why not a faster one, for a person; undefined where there is none or where it was asked for. */
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
  run(batches: readonly Int32Array[], learningRates: readonly number[]): Float32Array;
  /** Scaled predictions of a split at the present weights, row-major [rows, outputs]. */
  predictSplit(split: SplitName, breathe: () => Promise<void>): Promise<Float32Array>;
  /** Brings the run's Variables up to date; needed before their values are read in JavaScript. */
  pull(): void;
  /** Takes over what JavaScript assigned to Variables. */
  push(): void;
  dispose(): void;
}

/** Steps one by one, by tfjs. Objectives are read back once a call: each read waits for the device. */
export function eagerExecutor(parts: TrainingParts, reason?: string): StepExecutor {
  const { tf } = parts;
  return {
    execution: 'eager',
    ...(reason === undefined ? {} : { reason }),
    compileSeconds: 0,
    run: (batches, learningRates) => {
      const objectives = batches.map((batch, i) => {
        const rows = tf.tensor1d(batch, 'int32');
        const learningRate = tf.scalar(learningRates[i] ?? 0);
        const objective = trainingStep(parts, rows, learningRate);
        tf.dispose([rows, learningRate]);
        return objective;
      });
      const all = tf.stack(objectives);
      const values = Float32Array.from(all.dataSync());
      tf.dispose([objectives, all]);
      return values;
    },
    predictSplit: (split, breathe) => parts.predictSplit(split, breathe),
    pull: () => undefined,
    push: () => undefined,
    dispose: () => undefined,
  };
}

/** All steps of a slice as one TensorFlow program. */
function compiledExecutor(parts: TrainingParts, execution: 'graph' | 'xla', reason: string | undefined): StepExecutor {
  const started = performance.now();
  const run = new CompiledRun(
    {
      tf: parts.tf,
      backend: parts.tf.backend() as unknown as NodeBackend,
      state: Object.values(parts.state),
      trainingData: [parts.inputs, parts.targets],
      rows: parts.inputs.shape[0],
      step: (rows, learningRate) => trainingStep(parts, rows, learningRate),
      predict: (inputs) => predictWith(parts, inputs),
      batchSizes: parts.plan.sizes,
      splits: parts.residentInputs,
      chunkRows: parts.chunkRows,
    },
    execution,
  );
  return {
    execution,
    ...(reason === undefined ? {} : { reason }),
    compileSeconds: (performance.now() - started) / 1000,
    run: (batches, learningRates) => run.steps(batches, learningRates),
    predictSplit: (split, breathe) => run.predictions(split, breathe),
    pull: () => {
      run.pull();
    },
    push: () => {
      run.push();
    },
    dispose: () => {
      run.dispose();
    },
  };
}

/** Below so many steps compiling costs more than it saves. */
const fewSteps = 200;

/**
 * The fastest way that works: XLA, else the graph without it, else step by step; each fall back with its reason.
 *
 * @param steps - steps that are left in the run
 * @throws OrthantError `engine` where an execution is asked for by name and cannot be had
 */
export function createExecutor(
  parts: TrainingParts,
  runtime: Pick<EngineRuntime, 'engine'>,
  wanted: RuntimeSettings['execution'],
  steps: number,
): StepExecutor {
  if (wanted === 'eager') return eagerExecutor(parts);
  if (runtime.engine !== 'tensorflow') {
    const reason = 'Only the TensorFlow engine can compile.';
    if (wanted !== 'auto') throw new OrthantError('engine', `${reason} Leave out --execution ${wanted}.`, { field: 'runtime.execution' });
    return eagerExecutor(parts, reason);
  }
  if (wanted !== 'auto') return compiledExecutor(parts, wanted, undefined);
  if (steps < fewSteps) return eagerExecutor(parts, `For ${steps} steps, compiling costs more than it saves.`);
  const reasons: string[] = [];
  for (const execution of ['xla', 'graph'] as const) {
    try {
      return compiledExecutor(parts, execution, reasons.length === 0 ? undefined : reasons.join(' '));
    } catch (error) {
      reasons.push(`${execution}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return eagerExecutor(parts, reasons.join(' '));
}
