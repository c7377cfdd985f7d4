import type * as tfjs from '@tensorflow/tfjs-core';
import type { RunConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { ChunkReader } from '../compile/chunkReader.ts';
import { CompiledRun } from '../compile/compiledRun.ts';
import type { NodeBackend } from '../compile/tape.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import { eagerExecution, type Execution } from './execution.ts';
import type { TrainingParts } from './parts.ts';
import { predictWith, trainingStep } from './step.ts';

/** All steps of a slice as one TensorFlow program. */
function compiledExecution(
  parts: TrainingParts,
  device: EngineRuntime['device'],
  kind: 'graph' | 'xla',
  reason: string | undefined,
): Execution {
  const started = performance.now();
  const { tf, rows: data } = parts;
  const reader = data.resident === undefined ? new ChunkReader([data.inputs, data.targets], data.chunkRows) : undefined;
  // What the step gathers from while it is traced; with a reader it stands for a chunk.
  const { inputs, targets } = data.resident ?? {
    inputs: tf.zeros<tfjs.Rank.R2>([data.chunkRows, data.inputs.width]),
    targets: tf.zeros<tfjs.Rank.R2>([data.chunkRows, data.targets.width]),
  };
  let run: CompiledRun;
  try {
    run = new CompiledRun(
      {
        tf,
        backend: tf.backend() as unknown as NodeBackend,
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
      },
      kind,
    );
  } catch (error) {
    reader?.dispose();
    throw error;
  } finally {
    if (reader !== undefined) tf.dispose([inputs, targets]);
  }
  return {
    kind,
    ...(reason === undefined ? {} : { reason }),
    compileSeconds: (performance.now() - started) / 1000,
    steps: (batches, learningRates) => run.steps(batches, learningRates),
    predictSplit: (split, breathe) => run.predictions(split, breathe),
    expect: (rows) => reader?.expect(rows),
    pull: (variables) => {
      run.pull(variables);
    },
    push: () => {
      run.push();
    },
    dispose: () => {
      run.dispose();
      reader?.dispose();
    },
  };
}

/** Seconds that tracing and compiling take, nearly the same for all networks on the machines they were measured on. */
const compileSeconds = 0.7;

/**
 * Seconds that a compiled step saves over single operations: some 130 calls into the library, and a dozen passes over
 * the weights. Measured on 2 cores: 9-64-64-1 1.2 ms, 784-784-784-2 9 ms.
 */
const savedSeconds = (weights: number): number => 1.1e-3 + 7e-9 * weights;

/**
 * Whether compiling costs a run more than it saves. It looks at the configured steps and not at those left, so that a
 * resumed run is carried out as it began.
 */
export function isShort({ weights, plan }: Pick<TrainingParts, 'weights' | 'plan'>, epochs: number): boolean {
  const size = Object.values(weights).reduce((sum, each) => sum + each.size, 0);
  return epochs * plan.stepsPerEpoch * savedSeconds(size) < compileSeconds;
}

/**
 * Multiplications of a layer's product from which TensorFlow's own kernels beat XLA's on a CPU: there the products are
 * nearly all of a step. 784-784-784-2 on 2 cores, batch 4096: 104 ms a step against 127; batch 2048: as fast.
 */
const largeProduct = 2e9;

/**
 * Multiplications up to which one thread makes a layer's product as fast as several: handing a part to another thread
 * takes as long as the part. It leaves the other processors to the window.
 */
const smallProduct = 4e6;

/** Multiplications of the largest matrix product of a step. */
function largestProduct({ weights, plan }: Pick<TrainingParts, 'weights' | 'plan'>): number {
  const sizes = Object.values(weights).map(({ shape, size }) => (shape.length === 2 ? size : 0));
  return plan.batchSize * Math.max(...sizes);
}

/** Whether the largest product of a step is one that XLA makes slower than TensorFlow's own kernels. */
export const hasLargeProducts = (parts: Pick<TrainingParts, 'weights' | 'plan'>): boolean =>
  largestProduct(parts) >= largeProduct;

/** Whether all products of a step are such that one thread makes them best. */
export const hasSmallProducts = (parts: Pick<TrainingParts, 'weights' | 'plan'>): boolean =>
  largestProduct(parts) <= smallProduct;

/**
 * The fastest way that works: XLA (unless the products are large, on a CPU), else the graph without it, else step by
 * step; each with its reason.
 *
 * @throws OrthantError `engine` where an execution is asked for by name and cannot be had
 */
export function chooseExecution(
  parts: TrainingParts,
  runtime: Pick<EngineRuntime, 'engine' | 'device'>,
  { runtime: { execution: wanted }, training: { epochs } }: RunConfiguration,
): Execution {
  if (wanted === 'eager') return eagerExecution(parts);
  if (runtime.engine !== 'tensorflow') {
    const reason = 'Only the TensorFlow engine can compile.';
    if (wanted !== 'auto')
      throw new OrthantError('engine', `${reason} Leave the execution "${wanted}" out.`, {
        field: 'runtime.execution',
      });
    return eagerExecution(parts, reason);
  }
  if (wanted !== 'auto') return compiledExecution(parts, runtime.device, wanted, undefined);
  if (isShort(parts, epochs)) {
    const steps = epochs * parts.plan.stepsPerEpoch;
    return eagerExecution(parts, `For ${steps} steps, compiling costs more than it saves.`);
  }
  const reasons: string[] = [];
  const large = runtime.device === 'cpu' && hasLargeProducts(parts);
  if (large) reasons.push('On a CPU, TensorFlow multiplies matrices of this size faster than XLA.');
  for (const kind of large ? (['graph'] as const) : (['xla', 'graph'] as const)) {
    try {
      return compiledExecution(parts, runtime.device, kind, reasons.length === 0 ? undefined : reasons.join(' '));
    } catch (error) {
      reasons.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return eagerExecution(parts, reasons.join(' '));
}
