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

/** A run as the compiler sees it: what one step does, and the tensors it does it with. */
export interface CompilableRun {
  readonly tf: typeof tfjs;
  readonly backend: NativeBackend;
  /** Everything carried from step to step: weights, optimizer slots, multipliers, slacks, counters. */
  readonly state: readonly tfjs.Variable[];
  /**
   * Inputs and targets of the training split, as {@link CompilableRun.step} uses them; with `chunks` tensors of a chunk's
   * shape that stand for the chunk in use while the step is traced.
   */
  readonly trainingData: readonly tfjs.Tensor[];
  /**
   * Where the training split is too large for the session: what brings the rows of the steps to come. One array for each
   * tensor of `trainingData`.
   */
  readonly chunks?: ChunkReader;
  /** Number of training rows. */
  readonly rows: number;
  /**
   * One training step.
   *
   * @param rows - int32 [batch]
   * @param places - int32 [batch], where those rows lie in `trainingData`: the rows themselves, unless there are chunks
   */
  step(rows: tfjs.Tensor1D, learningRate: tfjs.Scalar, places: tfjs.Tensor1D): tfjs.Scalar;
  /** Forward pass at the present weights: [rows, features] to [rows, outputs]. */
  predict(inputs: tfjs.Tensor2D): tfjs.Tensor2D;
  /** Rows in a step: that of a full batch first, then that of an epoch's last, smaller one. */
  readonly batchSizes: readonly number[];
  /** Inputs of every split: [rows, features]. What is no tensor is fed when it is predicted for. */
  readonly splits: Readonly<Record<string, Rows>>;
  /** Most rows that a forward pass takes at once. */
  readonly chunkRows: number;
  /** How many threads compute one operation; as many as there are processors, unless given. */
  readonly threads?: number;
}

/** What a run does, recorded: all that a program of it is written from, with XLA or without. */
export interface TracedRun {
  readonly run: CompilableRun;
  readonly state: readonly Resident[];
  readonly data: readonly Resident[];
  /** What fills the data's residents, by name; nothing where they are a chunk. */
  readonly contents: ReadonlyMap<string, tfjs.Tensor>;
  /** One step for each of the run's batch sizes. */
  readonly steps: readonly { readonly batch: number; readonly body: FunctionBody }[];
  /** One for each split that has rows. */
  readonly forwards: readonly Forward[];
}

/**
 * Traces step and forward pass. The state is the same before and after.
 *
 * @throws OrthantError (code `engine`) with the reason why this run cannot be compiled
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
    // The first step uploads the numbers that a method or an optimizer keeps; it would look different from all others.
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

/** A piece of work, recorded, with the meaning of the tensors that cross its border. */
type Traced = Trace & Pick<Recording<unknown>, 'reads'>;

/** Records a step on rows that are others for every `shift`. */
function recordStep(run: CompilableRun, batch: number, shift: number): Traced {
  const { tf, backend } = run;
  const batchOf = (among: number): tfjs.Tensor1D => {
    // Where a batch is all rows they come in another order.
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
      `The step assigns the Variable "${assigned.name}", which is no part of the declared state. A method lists its Variables in "state".`,
    );
  }
  return { tape, sources, results, reads, undeclared: undeclaredIn(run) };
}

/** The step's nodes, from two steps on different batches; refuses where they do not do the same. */
function stepBody(run: CompilableRun, batch: number): FunctionBody {
  const [first, second] = [recordStep(run, batch, 1), recordStep(run, batch, 2)];
  requireAlike('The step', first, second);
  return functionBody(run.backend.binding, second);
}

/** The forward pass for each split: for as many rows as an evaluation takes at once. */
function traceForwards(run: CompilableRun, residents: ReadonlyMap<string, string>): Forward[] {
  const splits = Object.entries(run.splits)
    .map(([name, inputs]) => ({ name, shape: shapeOf(inputs) }))
    .filter(({ shape: [rows] }) => rows > 0);
  const [features] = splits.map(({ shape: [, width] }) => width);
  if (features === undefined) return [];
  // Shapes stand in the tape, so that each number of rows has one of its own. Whether the pass does the same on every
  // batch shows on a few rows.
  const [, first, second] = [0, 1, 2].map((shift) => {
    const values = Float32Array.from({ length: 2 * features }, (_, i) => Math.sin(i + shift));
    return recordForward(run, run.tf.tensor2d(values, [2, features]));
  });
  if (first === undefined || second === undefined) throw new OrthantError('internal', 'Nothing was traced.');
  requireAlike('The forward pass', first, second);
  const bodies = new Map<number, Pick<Forward, 'body' | 'outputs'>>();
  return splits.map(({ name, shape: [total] }) => {
    const { rows, blockRows } = shareOut(total, run);
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
 * Rows of a call and of its blocks, as equal as can be. Where an operation has one thread, a call takes as many blocks as
 * keep all processors busy.
 */
function shareOut(total: number, { chunkRows, threads }: CompilableRun): Pick<Forward, 'rows' | 'blockRows'> {
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

/** Variables that tfjs knows and the run has not declared. */
function undeclaredVariables({ tf, state }: CompilableRun): tfjs.Variable[] {
  return Object.values(tf.engine().registeredVariables).filter((variable) => !state.includes(variable));
}

/** Looked up where a trace uses a tensor of unknown origin: asking uploads Variables that nothing has used yet. */
const undeclaredIn =
  (run: CompilableRun) =>
  (id: number): string | undefined =>
    undeclaredVariables(run).find((variable) => nativeId(run.backend, variable) === id)?.name;

/**
 * Refuses work that would be compiled wrongly, from what it did on two batches.
 *
 * @param what - begins the reason
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
      `${what} draws random numbers with ${random.name}, whose state is not part of the run's. A stateless operation with a seed that a step counter gives can be compiled.`,
    );
  }
  const reason = difference(first, second);
  if (reason !== undefined) throw new OrthantError('engine', `${what} is not the same on every batch: ${reason}.`);
}
