import type * as tfjs from '@tensorflow/tfjs-core';
import { OrthantError } from '../contract/errors.ts';
import type { Trace } from './body.ts';
import type { ChunkReader, RowArray } from './chunkReader.ts';
import { DataType } from './graphDef.ts';
import type { Forward, Loop, Resident } from './program.ts';
import { ProgramSession } from './session.ts';
import { difference, drawsRandomly, nativeId, producerOf, record, type NodeBackend } from './tape.ts';

/** How steps are carried out. */
export type Execution = 'xla' | 'graph';

/** A run as the compiler sees it: what one step does, and the tensors it does it with. */
export interface CompilableRun {
  readonly tf: typeof tfjs;
  readonly backend: NodeBackend;
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
  readonly splits: Readonly<Record<string, tfjs.Tensor2D | RowArray>>;
  /** Rows of one evaluation chunk. */
  readonly chunkRows: number;
  /** How many threads compute at once; as many as there are processors, unless given. */
  readonly threads?: number;
}

/** Largest number of steps in one call: bounds the buffers that carry rows and objectives. */
const maxSteps = 1024;

/**
 * A run whose steps are one TensorFlow program. State lives in the program's session; {@link pull} copies it back to the
 * Variables, {@link push} takes over what JavaScript assigned to them.
 */
export class CompiledRun {
  /** Operations in one step. */
  readonly operations: number;
  readonly #run: CompilableRun;
  readonly #session: ProgramSession;
  readonly #loops: readonly Loop[];
  readonly #forwards: readonly Forward[];
  readonly #outputs: number;
  /** What each Variable held when both sides last agreed: an assignment gives it another dataId. */
  readonly #agreed: object[] = [];
  /** Variables whose value in the session is newer. */
  readonly #behind = new Set<number>();

  /**
   * Traces the step on two batches and builds the program. The state is the same before and after.
   *
   * @throws OrthantError (code `engine`) with the reason why this step cannot be compiled
   */
  constructor(run: CompilableRun, execution: Execution) {
    this.#run = run;
    const state = run.state.map((variable, index) => residentOf(`s${index}`, variable));
    const residentSplits = Object.entries(run.splits).flatMap(([name, inputs]) => {
      if (!isTensor(inputs)) return [];
      const trained = run.trainingData.indexOf(inputs);
      return [{ name, inputs, resident: trained >= 0 ? `d${trained}` : name }];
    });
    const data = new Map([
      ...run.trainingData.map((tensor, index) => [`d${index}`, tensor] as const),
      ...residentSplits.map(({ resident, inputs }) => [resident, inputs] as const),
    ]);
    const saved = run.state.map((variable) => variable.clone());
    try {
      this.#loops = run.batchSizes.map((batch, index) => ({
        name: `steps${index}`,
        batch,
        maxSteps: index === 0 ? Math.min(maxSteps, Math.ceil((1 << 22) / batch)) : 1,
        // The last, smaller batch comes once an epoch: a compilation of its own would not pay.
        xla: execution === 'xla' && index === 0,
        trace: traceStep(run, batch),
      }));
      this.#forwards = Object.entries(run.splits)
        .map(([name, inputs]) => ({ name, size: sizeOf(inputs) }))
        .filter(({ size }) => size.rows > 0)
        .map(({ name, size: { rows: total, features } }) => {
          const rows = Math.min(run.chunkRows, total);
          const { trace, outputs } = traceForward(run, rows, features);
          const inputs = residentSplits.find((split) => split.name === name)?.resident;
          return { name: `predict_${name}`, inputs, rows, features, outputs, trace };
        });
    } finally {
      run.state.forEach((variable, index) => {
        const value = saved[index];
        if (value !== undefined) variable.assign(value);
      });
      run.tf.dispose(saved);
    }
    this.#outputs = this.#forwards[0]?.outputs ?? 0;
    this.#session = new ProgramSession(run.backend.binding, {
      state,
      data: [...data].map(([name, tensor]) => residentOf(name, tensor)),
      chunked: run.chunks !== undefined,
      loops: this.#loops,
      forwards: this.#forwards,
      threads: run.threads ?? 0,
    });
    this.operations = this.#session.operations[0] ?? 0;
    if (run.chunks !== undefined) this.#replaceChunk(run.chunks.arrays);
    else this.#session.write(new Map([...data].map(([name, tensor]) => [name, nativeId(run.backend, tensor)])));
    this.push();
    // No step, but XLA compiles: what it refuses shows here, and the first step waits for nothing.
    for (const { name } of this.#loops) this.#session.runSteps(name, [], [], run.rows);
    for (const { name, batch } of this.#loops.filter(({ xla }) => xla)) this.#requireXla(name, batch);
  }

  /**
   * Carries out one step for each batch.
   *
   * @param batches - rows of each step; each of one of the declared sizes
   * @param learningRates - one a step
   * @returns the objective of each step
   */
  steps(batches: readonly Int32Array[], learningRates: readonly number[]): Float32Array {
    const objectives = new Float32Array(batches.length);
    for (let first = 0; first < batches.length;) {
      const size = batches[first]?.length ?? 0;
      const loop = this.#loops.find(({ batch }) => batch === size);
      if (loop === undefined)
        throw new OrthantError('internal', `No program was compiled for batches of ${size} rows.`);
      let end = first;
      while (end < batches.length && end - first < loop.maxSteps && batches[end]?.length === size) end += 1;
      let place = 0;
      if (this.#run.chunks !== undefined) {
        const found = this.#run.chunks.find(batches.slice(first, end), this.#replaceChunk);
        place = found.place;
        end = first + found.batches;
      }
      const rates = learningRates.slice(first, end);
      objectives.set(this.#session.runSteps(loop.name, batches.slice(first, end), rates, this.#run.rows, place), first);
      first = end;
    }
    this.#run.state.forEach((_, index) => this.#behind.add(index));
    return objectives;
  }

  readonly #replaceChunk = (arrays: readonly Float32Array[]): void => {
    arrays.forEach((values, index) => {
      this.#session.writeValues(`d${index}`, values);
    });
  };

  /** Scaled predictions of all rows of a split, row-major [rows, outputs]. */
  async predictions(split: string, breathe: () => Promise<void>): Promise<Float32Array> {
    const inputs = this.#run.splits[split];
    const forward = this.#forwards.find(({ name }) => name === `predict_${split}`);
    if (inputs === undefined || forward === undefined) return new Float32Array();
    const { rows: total, features } = sizeOf(inputs);
    const predictions = new Float32Array(total * this.#outputs);
    for (let row = 0; row < total; row += forward.rows) {
      // The last chunk starts earlier, so that every chunk has the compiled size.
      const start = Math.min(row, total - forward.rows);
      const rows = isTensor(inputs)
        ? start
        : inputs.values.subarray(start * features, (start + forward.rows) * features);
      predictions.set(this.#session.predict(forward.name, rows), start * this.#outputs);
      await breathe();
    }
    return predictions;
  }

  /**
   * Copies the session's state to those of `variables` (all, if not given) that are behind it.
   */
  pull(variables: readonly tfjs.Variable[] = this.#run.state): void {
    const { tf, state } = this.#run;
    const behind = variables.map((variable) => state.indexOf(variable)).filter((index) => this.#behind.has(index));
    if (behind.length === 0) return;
    const values = this.#session.read(behind.map((index) => `s${index}`));
    behind.forEach((index, position) => {
      const variable = state[index];
      const value = values[position];
      if (variable === undefined || value === undefined) return;
      const tensor = tf.tensor(value, variable.shape, variable.dtype);
      variable.assign(tensor);
      tensor.dispose();
      this.#agreed[index] = variable.dataId;
      this.#behind.delete(index);
    });
  }

  /** Copies those Variables to the session that were assigned since both sides last agreed. */
  push(): void {
    const assigned = new Map<string, number>();
    this.#run.state.forEach((variable, index) => {
      if (variable.dataId === this.#agreed[index]) return;
      assigned.set(`s${index}`, nativeId(this.#run.backend, variable));
      this.#agreed[index] = variable.dataId;
      this.#behind.delete(index);
    });
    this.#session.write(assigned);
  }

  /**
   * Makes sure that TensorFlow has heeded the mark for XLA, which it ignores in silence where it is built without it, as
   * on macOS. A row that is not there tells: TensorFlow's own kernels refuse it, XLA's code does not look. (Its kernels
   * for cards do not look either; there this finds nothing.)
   */
  #requireXla(loop: string, batch: number): void {
    try {
      const { rows, chunks } = this.#run;
      this.#session.runSteps(loop, [new Int32Array(batch).fill(rows)], [0], Infinity, chunks?.chunkRows);
    } catch (error) {
      this.#session.dispose();
      throw new OrthantError('engine', 'This TensorFlow does not compile with XLA.', { cause: error });
    }
    // That step counts for nothing.
    this.#agreed.length = 0;
    this.push();
  }

  dispose(): void {
    this.#session.dispose();
  }
}

const isTensor = (inputs: tfjs.Tensor2D | RowArray): inputs is tfjs.Tensor2D => 'dataId' in inputs;

function sizeOf(inputs: tfjs.Tensor2D | RowArray): { rows: number; features: number } {
  if (!isTensor(inputs)) return { rows: inputs.values.length / inputs.width, features: inputs.width };
  const [rows, features] = inputs.shape;
  return { rows, features };
}

function residentOf(name: string, tensor: tfjs.Tensor): Resident {
  const types: Record<string, number> = { float32: DataType.float, int32: DataType.int32, bool: DataType.bool };
  const type = types[tensor.dtype];
  if (type === undefined) throw new OrthantError('engine', `State of type ${tensor.dtype} cannot be compiled.`);
  return { name, type, shape: tensor.shape };
}

/** Traces two steps on different batches; refuses where they do not do the same. */
function traceStep(run: CompilableRun, batch: number): Trace {
  const { tf, backend } = run;
  // The first step uploads the numbers that a method or an optimizer keeps; it would look different from all others.
  const traces = [0, 1, 2].map((shift) => {
    const batchOf = (among: number): tfjs.Tensor1D =>
      tf.tensor1d(
        Int32Array.from({ length: batch }, (_, i) => (i + shift * batch) % among),
        'int32',
      );
    const rows = batchOf(run.rows);
    const places = run.chunks === undefined ? rows : batchOf(run.chunks.chunkRows);
    const rate = tf.scalar(1e-4 * (shift + 1));
    const sources = new Map<number, string>();
    run.state.forEach((variable, index) => sources.set(nativeId(backend, variable), `s${index}`));
    run.trainingData.forEach((tensor, index) => sources.set(nativeId(backend, tensor), `d${index}`));
    sources.set(nativeId(backend, rows), 'rows_now:output:0');
    if (places !== rows) sources.set(nativeId(backend, places), 'places_now:output:0');
    sources.set(nativeId(backend, rate), 'rate_now:output:0');
    const { result, tape, reads } = record(backend, () => run.step(rows, rate, places));
    const results: Record<string, number> = { objective: nativeId(backend, result) };
    run.state.forEach((variable, index) => (results[`s${index}`] = nativeId(backend, variable)));
    tf.dispose([rows, places, rate, result]);
    return { tape, sources, results, reads };
  });
  const [, first, second] = traces;
  if (first === undefined || second === undefined) throw new OrthantError('internal', 'Nothing was traced.');
  const [read] = second.reads;
  if (read !== undefined) {
    throw new OrthantError(
      'engine',
      `The step reads ${producerOf(second.tape, read)} back to JavaScript, which may decide something from it.`,
    );
  }
  const random = second.tape.find((entry) => entry.kind === 'operation' && drawsRandomly(entry.name));
  if (random?.kind === 'operation') {
    throw new OrthantError(
      'engine',
      `The step draws random numbers with ${random.name}, whose state is not part of the run's. A stateless operation with a seed that a step counter gives can be compiled.`,
    );
  }
  const reason = difference(first, second);
  if (reason !== undefined) throw new OrthantError('engine', `The step is not the same on every batch: ${reason}.`);
  return second;
}

function traceForward(run: CompilableRun, rows: number, features: number): { trace: Trace; outputs: number } {
  const { tf, backend } = run;
  const batch = tf.zeros<tfjs.Rank.R2>([rows, features]);
  const trace = (): { trace: Trace; outputs: number } => {
    const sources = new Map<number, string>();
    run.state.forEach((variable, index) => sources.set(nativeId(backend, variable), `s${index}`));
    sources.set(nativeId(backend, batch), 'batch_now:output:0');
    const { result, tape } = record(backend, () => tf.tidy(() => run.predict(batch)));
    const traced = { tape, sources, results: { prediction: nativeId(backend, result) } };
    result.dispose();
    return { trace: traced, outputs: result.shape[1] };
  };
  trace();
  const traced = trace();
  batch.dispose();
  return traced;
}
