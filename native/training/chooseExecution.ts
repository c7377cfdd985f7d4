import type * as tfjs from '@tensorflow/tfjs-core';
import type { SettledConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { ChunkReader } from '../compile/chunkReader.ts';
import { CompiledRun, type CompiledKind } from '../compile/compiledRun.ts';
import { traceRun, type TracedRun } from '../compile/traceRun.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { eagerExecution, type Execution, type ExecutionReport } from './execution.ts';
import type { TrainingParts } from './buildParts.ts';
import { predictWith, trainingStep } from './step.ts';
import { hasLargeProducts, hasSmallProducts, isShort } from './stepCost.ts';

/** Traces step and forward pass of a run; for data in chunks, creates the chunk reader. */
export function traceParts(parts: TrainingParts, device: EngineRuntime['device']): TracedRun {
  const { tf, rows: data } = parts;
  const reader = data.resident === undefined ? new ChunkReader([data.inputs, data.targets], data.chunkRows) : undefined;
  // Tensors from which the traced step gathers; with a reader they replace a chunk.
  const { inputs, targets } = data.resident ?? {
    inputs: tf.zeros<tfjs.Rank.R2>([data.chunkRows, data.inputs.width]),
    targets: tf.zeros<tfjs.Rank.R2>([data.chunkRows, data.targets.width]),
  };
  try {
    return traceRun({
      tf,
      backend: nativeBackend(tf),
      state: Object.values(parts.state),
      trainingData: [inputs, targets],
      ...(reader === undefined ? {} : { chunks: reader }),
      rows: data.count,
      step: (rows, learningRate, places) =>
        tf.tidy(() =>
          trainingStep(
            parts,
            { rows, inputs: tf.gather(inputs, places), targets: tf.gather(targets, places) },
            learningRate,
          ),
        ),
      predict: (batch) => predictWith(parts, batch),
      batchSizes: parts.plan.sizes,
      splits: data.splits,
      chunkRows: parts.evaluationRows,
      ...(device === 'cpu' && hasSmallProducts(parts) ? { threads: 1 } : {}),
    });
  } finally {
    if (reader !== undefined) tf.dispose([inputs, targets]);
  }
}

/** An execution that runs all steps of a slice in one TensorFlow program. */
function compiledExecution(
  traced: TracedRun,
  kind: CompiledKind,
): Omit<Execution, 'reason' | 'refused' | 'compileSeconds'> {
  const run = new CompiledRun(traced, kind);
  const { chunks } = traced.run;
  return {
    kind,
    steps: (batches, learningRates) => run.steps(batches, learningRates),
    predictSplit: (split, yieldToEvents) => run.predictions(split, yieldToEvents),
    expect: (rows) => chunks?.expect(rows),
    pull: (variables) => {
      run.pull(variables);
    },
    push: () => {
      run.push();
    },
    dispose: () => {
      run.dispose();
    },
  };
}

/** Inputs of the choice besides the configuration. */
export interface ChoiceOptions {
  /** Previous execution of a resumed run: preferred, since another execution gives slightly different numbers. */
  readonly began?: Execution['kind'] | undefined;
  /** Called before a step is traced and compiled, which takes a while. */
  readonly onCompile?: () => void;
}

/**
 * Chooses the fastest execution that works: XLA (except for large products on a CPU), else the graph without XLA, else
 * eager steps; each with its reason.
 *
 * @throws OrthantError `engine` if an execution is requested by name and is not available
 */
export function chooseExecution(
  parts: TrainingParts,
  runtime: Pick<EngineRuntime, 'engine' | 'device'>,
  { runtime: { execution: wanted }, training: { epochs } }: SettledConfiguration,
  { began, onCompile }: ChoiceOptions = {},
): Execution {
  if (wanted === 'eager') return eagerExecution(parts);
  if (runtime.engine !== 'tensorflow') {
    const reason = 'Only the TensorFlow engine can compile.';
    if (wanted !== 'auto')
      throw new OrthantError('engine', `${reason} Leave the execution "${wanted}" out.`, {
        field: 'runtime.execution',
      });
    return eagerExecution(parts, { reason });
  }
  const [first, reason] = wanted === 'auto' ? preferred(parts, runtime, epochs, began) : [wanted];
  if (first === 'eager') return eagerExecution(parts, { reason });
  onCompile?.();
  const kinds: CompiledKind[] = wanted === 'auto' && first === 'xla' ? ['xla', 'graph'] : [first];
  return compiled(parts, runtime, kinds, { reason, orEager: wanted === 'auto' });
}

/** The execution expected to be fastest, and the reason if it is not XLA. */
function preferred(
  parts: TrainingParts,
  { device }: Pick<EngineRuntime, 'device'>,
  epochs: number,
  began: Execution['kind'] | undefined,
): [Execution['kind'], string?] {
  if (began === 'xla') return [began];
  if (began !== undefined)
    return [began, 'The run started this way, and another way would give slightly different numbers.'];
  if (isShort(parts, epochs, device)) {
    return ['eager', `For ${epochs * parts.plan.stepsPerEpoch} steps, compiling costs more than it saves.`];
  }
  if (device === 'cpu' && hasLargeProducts(parts))
    return ['graph', 'On a CPU, TensorFlow multiplies matrices of this size faster than XLA.'];
  return ['xla'];
}

const refusals: Readonly<Record<CompiledKind, string>> = {
  xla: 'XLA does not compile the step',
  graph: 'TensorFlow does not accept the step as a graph',
};

/** The first of these kinds that works. The step is traced once, even if several programs are refused. */
function compiled(
  parts: TrainingParts,
  { device }: Pick<EngineRuntime, 'device'>,
  kinds: readonly CompiledKind[],
  { reason, orEager }: { readonly reason: string | undefined; readonly orEager: boolean },
): Execution {
  const started = performance.now();
  const reasons = reason === undefined ? [] : [reason];
  const report = (refused: boolean): Omit<ExecutionReport, 'kind'> => ({
    reason: reasons.length === 0 ? undefined : reasons.join(' '),
    refused,
    compileSeconds: (performance.now() - started) / 1000,
  });
  let traced: TracedRun;
  try {
    traced = traceParts(parts, device);
  } catch (error) {
    if (!orEager) throw error;
    reasons.push(messageOf(error));
    return eagerExecution(parts, report(true));
  }
  let refused = false;
  for (const kind of kinds) {
    try {
      const execution = compiledExecution(traced, kind);
      return { ...execution, ...report(refused) };
    } catch (error) {
      if (!orEager) throw error;
      refused = true;
      reasons.push(sentence(`${refusals[kind]}: ${messageOf(error)}`));
    }
  }
  return eagerExecution(parts, report(true));
}

/**
 * The first line of a TensorFlow message describes the error; the operations that led to it follow. If several
 * operations failed, the first line counts them, and the second line names the first: "(0) INVALID_ARGUMENT: ...".
 */
const messageOf = (error: unknown): string => {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  const [first = '', second = ''] = lines.map((line) => line.replace('Session fail to run with error: ', '').trim());
  return first.includes('root error(s) found') ? second.replace(/^\(0\) (?:[A-Z_]+: )?/, '') : first;
};

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
