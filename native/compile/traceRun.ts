import { availableParallelism } from 'node:os';
import type * as tfjs from '@tensorflow/tfjs-core';
import { OrthantError } from '../contract/errors.ts';
import type { NativeBackend } from '../tensorflow/nativeBackend.ts';
import { functionBody, type FunctionBody, type Trace } from './body.ts';
import type { ChunkReader } from './chunkReader.ts';
import { DataType } from './graphDef.ts';
import type { Forward, Resident } from './program.ts';
import { isTensor, shapeOf, type Rows } from './rowArray.ts';
import { difference, drawsRandomly, nativeId, producerOf, record, type Recording } from './tape.ts';

/** A run in the form that the compiler needs: its step and forward pass, and the tensors they use. */
export interface CompilableRun {
  readonly tf: typeof tfjs;
  readonly backend: NativeBackend;
  /** All values kept from step to step: weights, optimizer slots, multipliers, slacks, counters. */
  readonly state: readonly tfjs.Variable[];
  /**
   * Inputs and targets of the training split, as {@link CompilableRun.step} uses them; with `chunks`, tensors of a
   * chunk's shape that replace the current chunk while the step is traced.
   */
  readonly trainingData: readonly tfjs.Tensor[];
  /**
   * Reads the rows of the next steps, if the training split is too large for the session. It has one array for each
   * tensor of `trainingData`.
   */
  readonly chunks?: ChunkReader;
  /** Number of training rows. */
  readonly rows: number;
  /**
   * One training step.
   *
   * @param rows - int32 [batch]
   * @param places - int32 [batch], positions of those rows in `trainingData`; equal to `rows` without chunks
   */
  step(rows: tfjs.Tensor1D, learningRate: tfjs.Scalar, places: tfjs.Tensor1D): tfjs.Scalar;
  /** Forward pass with the current weights: [rows, features] to [rows, outputs]. */
  predict(inputs: tfjs.Tensor2D): tfjs.Tensor2D;
  /** Numbers of rows in a step: first the full batch, then an epoch's last, smaller batch. */
  readonly batchSizes: readonly number[];
  /** Inputs of every split: [rows, features]. An array that is not a tensor is fed at each prediction. */
  readonly splits: Readonly<Record<string, Rows>>;
  /** Most rows of one forward pass. */
  readonly chunkRows: number;
  /** Number of threads for one operation; by default one for each processor. */
  readonly threads?: number;
}

/** The recorded work of a run: the source of its program, with XLA or without. */
export interface TracedRun {
  readonly run: CompilableRun;
  readonly state: readonly Resident[];
  readonly data: readonly Resident[];
  /** Values of the data residents, by name; empty if the data come in chunks. */
  readonly contents: ReadonlyMap<string, tfjs.Tensor>;
  /** One step for each of the run's batch sizes. */
  readonly steps: readonly { readonly batch: number; readonly body: FunctionBody }[];
  /** One for each split that has rows. */
  readonly forwards: readonly Forward[];
}

/**
 * Traces step and forward pass, and restores the state afterwards.
 *
 * @throws OrthantError (code `engine`) with the reason if this run cannot be compiled
 */
export function traceRun(run: CompilableRun): TracedRun {
  const state = run.state.map((variable, index) => residentOf(`s${index}`, variable));
  const splits = Object.entries(run.splits).flatMap(([name, inputs]) => {
    if (!isTensor(inputs)) return [];
    const trained = run.trainingData.indexOf(inputs);
    return [{ name, inputs, resident: trained >= 0 ? `d${trained}` : name }];
  });
  const data = new Map([
    ...run.trainingData.map((tensor, index) => [`d${index}`, tensor] as const),
    ...splits.map(({ resident, inputs }) => [resident, inputs] as const),
  ]);
  const saved = run.state.map((variable) => variable.clone());
  try {
    const [batch = 1] = run.batchSizes;
    // The first step uploads the constants of the method and the optimizer, so its tape differs from all others.
    recordStep(run, batch, 0);
    return {
      run,
      state,
      data: [...data].map(([name, tensor]) => residentOf(name, tensor)),
      contents: run.chunks === undefined ? data : new Map(),
      steps: run.batchSizes.map((size) => ({ batch: size, body: stepBody(run, size) })),
      forwards: traceForwards(run, new Map(splits.map(({ name, resident }) => [name, resident]))),
    };
  } finally {
    run.state.forEach((variable, index) => {
      const value = saved[index];
      if (value !== undefined) variable.assign(value);
    });
    run.tf.dispose(saved);
  }
}

function residentOf(name: string, tensor: tfjs.Tensor): Resident {
  const types: Record<string, number> = { float32: DataType.float, int32: DataType.int32, bool: DataType.bool };
  const type = types[tensor.dtype];
  if (type === undefined) throw new OrthantError('engine', `State of type ${tensor.dtype} cannot be compiled.`);
  return { name, type, shape: tensor.shape };
}

/** A recorded piece of work, with the names of its input and result tensors. */
type Traced = Trace & Pick<Recording<unknown>, 'reads'>;

/** Records a step on rows that differ for every `shift`. */
function recordStep(run: CompilableRun, batch: number, shift: number): Traced {
  const { tf, backend } = run;
  const batchOf = (among: number): tfjs.Tensor1D => {
    // If a batch has all rows, only their order differs.
    const start = shift * (batch % among || 1);
    return tf.tensor1d(
      Int32Array.from({ length: batch }, (_, i) => (i + start) % among),
      'int32',
    );
  };
  const rows = batchOf(run.rows);
  const places = run.chunks === undefined ? rows : batchOf(run.chunks.chunkRows);
  const rate = tf.scalar(1e-4 * (shift + 1));
  const sources = stateSources(run);
  run.trainingData.forEach((tensor, index) => sources.set(nativeId(backend, tensor), `d${index}`));
  sources.set(nativeId(backend, rows), 'rows_now:output:0');
  if (places !== rows) sources.set(nativeId(backend, places), 'places_now:output:0');
  sources.set(nativeId(backend, rate), 'rate_now:output:0');
  const others = undeclaredVariables(run);
  const before = others.map(({ dataId }) => dataId);
  const { result, tape, reads } = record(backend, () => run.step(rows, rate, places));
  const assigned = others.find(({ dataId }, index) => dataId !== before[index]);
  const results: Record<string, number> = { objective: nativeId(backend, result) };
  run.state.forEach((variable, index) => (results[`s${index}`] = nativeId(backend, variable)));
  tf.dispose([rows, places, rate, result]);
  if (assigned !== undefined) {
    throw new OrthantError(
      'engine',
      `The step assigns the Variable "${assigned.name}", which is not part of the declared state. A method lists its Variables in "state".`,
    );
  }
  return { tape, sources, results, reads, undeclared: undeclaredIn(run) };
}

/** The step's nodes; refuses a step that works differently on two different batches. */
function stepBody(run: CompilableRun, batch: number): FunctionBody {
  const [first, second] = [recordStep(run, batch, 1), recordStep(run, batch, 2)];
  requireAlike('The step', first, second);
  return functionBody(run.backend.binding, second);
}

/** The forward pass of each split, for the number of rows that an evaluation predicts at once. */
function traceForwards(run: CompilableRun, residents: ReadonlyMap<string, string>): Forward[] {
  const splits = Object.entries(run.splits)
    .map(([name, inputs]) => ({ name, shape: shapeOf(inputs) }))
    .filter(({ shape: [rows] }) => rows > 0);
  const [features] = splits.map(({ shape: [, width] }) => width);
  if (features === undefined) return [];
  // The tape contains shapes, so each number of rows needs a separate tape. Two rows are enough to check that the pass
  // works the same on every batch.
  const [, first, second] = [0, 1, 2].map((shift) => {
    const values = Float32Array.from({ length: 2 * features }, (_, i) => Math.sin(i + shift));
    return recordForward(run, run.tf.tensor2d(values, [2, features]));
  });
  if (first === undefined || second === undefined) throw new OrthantError('internal', 'Nothing was traced.');
  requireAlike('The forward pass', first, second);
  const bodies = new Map<number, Pick<Forward, 'body' | 'outputs'>>();
  return splits.map(({ name, shape: [total] }) => {
    const { rows, blockRows } = divideRows(total, run);
    let traced = bodies.get(blockRows);
    if (traced === undefined) {
      const recorded = recordForward(run, run.tf.fill<tfjs.Rank.R2>([blockRows, features], 0.5));
      traced = { body: functionBody(run.backend.binding, recorded), outputs: recorded.outputs };
      bodies.set(blockRows, traced);
    }
    return { name, inputs: residents.get(name), rows, blockRows, features, ...traced };
  });
}

/**
 * Divides the rows as equally as possible into calls and blocks. If an operation has one thread, a call takes enough
 * blocks to keep all processors busy.
 */
function divideRows(total: number, { chunkRows, threads }: CompilableRun): Pick<Forward, 'rows' | 'blockRows'> {
  const most = threads === 1 ? 2 * availableParallelism() : 1;
  const rows = Math.ceil(total / Math.ceil(total / (most * chunkRows)));
  return { rows, blockRows: Math.ceil(rows / Math.ceil(rows / chunkRows)) };
}

/** Records a forward pass over these rows and disposes them. */
function recordForward(run: CompilableRun, batch: tfjs.Tensor2D): Traced & { readonly outputs: number } {
  const { tf, backend } = run;
  const sources = stateSources(run);
  sources.set(nativeId(backend, batch), 'batch_now:output:0');
  const { result, tape, reads } = record(backend, () => tf.tidy(() => run.predict(batch)));
  const results = { prediction: nativeId(backend, result) };
  const outputs = result.shape[1];
  tf.dispose([batch, result]);
  return { tape, sources, results, reads, outputs, undeclared: undeclaredIn(run) };
}

function stateSources({ state, backend }: CompilableRun): Map<number, string> {
  return new Map(state.map((variable, index) => [nativeId(backend, variable), `s${index}`]));
}

/** Variables of tfjs that the run has not declared. */
function undeclaredVariables({ tf, state }: CompilableRun): tfjs.Variable[] {
  return Object.values(tf.engine().registeredVariables).filter((variable) => !state.includes(variable));
}

/**
 * Finds the undeclared Variable of a tensor. Call it only for a tensor of unknown origin: it uploads unused Variables.
 */
const undeclaredIn =
  (run: CompilableRun) =>
  (id: number): string | undefined =>
    undeclaredVariables(run).find((variable) => nativeId(run.backend, variable) === id)?.name;

/**
 * Compares the recordings on two batches, and refuses work that would give wrong results when compiled.
 *
 * @param what - subject of the error's sentence
 */
function requireAlike(what: string, first: Traced, second: Traced): void {
  const [read] = second.reads;
  if (read !== undefined) {
    throw new OrthantError(
      'engine',
      `${what} reads ${producerOf(second.tape, read)} back to JavaScript, which may decide something from it.`,
    );
  }
  const random = second.tape.find((entry) => entry.kind === 'operation' && drawsRandomly(entry.name));
  if (random?.kind === 'operation') {
    throw new OrthantError(
      'engine',
      `${what} draws random numbers with ${random.name}, whose state is not part of the run's state. A stateless operation whose seed comes from a step counter can be compiled.`,
    );
  }
  const reason = difference(first, second);
  if (reason !== undefined) throw new OrthantError('engine', `${what} is not the same on every batch: ${reason}.`);
}
