import type { RunConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { CompiledRun } from '../compile/compiledRun.ts';
import type { NodeBackend } from '../compile/tape.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import { eagerExecution, type Execution } from './execution.ts';
import type { TrainingParts } from './parts.ts';
import { predictWith, trainingStep } from './step.ts';

/** All steps of a slice as one TensorFlow program. */
function compiledExecution(parts: TrainingParts, kind: 'graph' | 'xla', reason: string | undefined): Execution {
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
      splits: parts.splitInputs,
      chunkRows: parts.chunkRows,
    },
    kind,
  );
  return {
    kind,
    ...(reason === undefined ? {} : { reason }),
    compileSeconds: (performance.now() - started) / 1000,
    steps: (batches, learningRates) => run.steps(batches, learningRates),
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

/**
 * A run of fewer steps is not compiled unless asked for: compiling costs more than it saves. It counts the configured
 * steps and not those left, so that a resumed run is carried out as it began.
 */
const fewSteps = 200;

/**
 * The fastest way that works: XLA, else the graph without it, else step by step; each fall back with its reason.
 *
 * @throws OrthantError `engine` where an execution is asked for by name and cannot be had
 */
export function chooseExecution(
  parts: TrainingParts,
  runtime: Pick<EngineRuntime, 'engine'>,
  { runtime: { execution: wanted }, training: { epochs } }: RunConfiguration,
): Execution {
  if (wanted === 'eager') return eagerExecution(parts);
  if (runtime.engine !== 'tensorflow') {
    const reason = 'Only the TensorFlow engine can compile.';
    if (wanted !== 'auto')
      throw new OrthantError('engine', `${reason} Leave out --execution ${wanted}.`, { field: 'runtime.execution' });
    return eagerExecution(parts, reason);
  }
  if (wanted !== 'auto') return compiledExecution(parts, wanted, undefined);
  const steps = epochs * parts.plan.stepsPerEpoch;
  if (steps < fewSteps) return eagerExecution(parts, `For ${steps} steps, compiling costs more than it saves.`);
  const reasons: string[] = [];
  for (const kind of ['xla', 'graph'] as const) {
    try {
      return compiledExecution(parts, kind, reasons.length === 0 ? undefined : reasons.join(' '));
    } catch (error) {
      reasons.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return eagerExecution(parts, reasons.join(' '));
}
