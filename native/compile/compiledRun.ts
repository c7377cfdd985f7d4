import type * as tfjs from '@tensorflow/tfjs-core';
import { OrthantError } from '../contract/errors.ts';
import type { Forward, Loop } from './program.ts';
import { isTensor, shapeOf } from './rowArray.ts';
import { ProgramSession } from './graphSession.ts';
import { nativeId } from './tape.ts';
import type { CompilableRun, TracedRun } from './traceRun.ts';

/** The executor of a compiled program. */
export type CompiledKind = 'xla' | 'graph';

/** Largest number of steps in one call: limits the buffers for rows and objectives. */
const maxSteps = 1024;

/**
 * A run whose steps are one TensorFlow program. The program's session holds the state; {@link pull} copies it back to
 * the Variables, {@link push} copies JavaScript's assignments to the session.
 */
export class CompiledRun {
  readonly #run: CompilableRun;
  readonly #session: ProgramSession;
  readonly #loops: readonly Loop[];
  readonly #forwards: readonly Forward[];
  /** The dataId of each Variable when both sides last agreed: an assignment changes it. */
  readonly #agreed: object[] = [];
  /** Variables whose value in the session is newer. */
  readonly #behind = new Set<number>();

  /**
   * Builds the program, fills it with state and data, and compiles it.
   *
   * @throws OrthantError (code `engine`), or Error with TensorFlow's message, if the program is refused; nothing of it
   *   remains then
   */
  constructor({ run, state, data, contents, steps, forwards }: TracedRun, execution: CompiledKind) {
    this.#run = run;
    this.#loops = steps.map(({ batch, body }, index) => ({
      name: `steps${index}`,
      batch,
      maxSteps: index === 0 ? Math.min(maxSteps, Math.ceil((1 << 22) / batch)) : 1,
      // The last, smaller batch comes once an epoch: a separate compilation would cost more than it saves.
      xla: execution === 'xla' && index === 0,
      body,
    }));
    this.#forwards = forwards;
    this.#session = new ProgramSession(run.backend.binding, {
      state,
      data,
      chunked: run.chunks !== undefined,
      loops: this.#loops,
      forwards,
      threads: run.threads ?? 0,
    });
    try {
      if (run.chunks !== undefined) this.#replaceChunk(run.chunks.arrays);
      this.#session.write(new Map([...contents].map(([name, tensor]) => [name, nativeId(run.backend, tensor)])));
      this.push();
      // Runs no step, but makes XLA compile: it refuses a program here, and the first step need not wait.
      for (const { name } of this.#loops) this.#session.runSteps(name, [], []);
      for (const { name, batch } of this.#loops.filter(({ xla }) => xla)) this.#requireXla(name, batch);
    } catch (error) {
      this.#session.dispose();
      throw error;
    }
  }

  /**
   * Runs one step for each batch.
   *
   * @param batches - rows of each step, in one of the declared batch sizes
   * @param learningRates - one for each step
   * @returns the objective of each step
   */
  steps(batches: readonly Int32Array[], learningRates: readonly number[]): Float32Array {
    this.#requireRows(batches);
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
      objectives.set(this.#session.runSteps(loop.name, batches.slice(first, end), rates, place), first);
      first = end;
    }
    this.#run.state.forEach((_, index) => this.#behind.add(index));
    return objectives;
  }

  /** Checks row numbers, since XLA's code reads and writes at any row number. */
  #requireRows(batches: readonly Int32Array[]): void {
    const { rows } = this.#run;
    for (const batch of batches) {
      const { length } = batch;
      // A loop by index takes a fifth of the time of an iterator; a small network uses many thousand rows in each call.
      for (let i = 0; i < length; i++) {
        const row = batch[i] ?? 0;
        if (row < 0 || row >= rows) {
          throw new OrthantError('internal', `Row ${row} is not one of ${rows} training rows.`);
        }
      }
    }
  }

  readonly #replaceChunk = (arrays: readonly Float32Array[]): void => {
    arrays.forEach((values, index) => {
      this.#session.writeValues(`d${index}`, values);
    });
  };

  /** Scaled predictions of all rows of a split, row-major [rows, outputs]. */
  async predictions(split: string, yieldToEvents: () => Promise<void>): Promise<Float32Array> {
    const inputs = this.#run.splits[split];
    const forward = this.#forwards.find(({ name }) => name === split);
    if (inputs === undefined || forward === undefined) return new Float32Array();
    const [total, features] = shapeOf(inputs);
    const predictions = new Float32Array(total * forward.outputs);
    for (let row = 0; row < total; row += forward.rows) {
      // The last chunk starts earlier, so that every chunk has the compiled size.
      const start = Math.min(row, total - forward.rows);
      const rows = isTensor(inputs)
        ? start
        : inputs.values.subarray(start * features, (start + forward.rows) * features);
      predictions.set(this.#session.predict(forward.name, rows), start * forward.outputs);
      await yieldToEvents();
    }
    return predictions;
  }

  /**
   * Copies newer values from the session to `variables` (by default to all).
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

  /** Copies to the session the Variables that were assigned since both sides last agreed. */
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
   * Checks that TensorFlow obeyed the XLA mark. A build without XLA, as on macOS, ignores the mark without an error. A
   * row number out of range shows this: TensorFlow's own kernels refuse it, XLA's code does not check it. (TensorFlow's
   * GPU kernels do not check it either; there this test finds nothing.)
   */
  #requireXla(loop: string, batch: number): void {
    try {
      const { rows, chunks } = this.#run;
      this.#session.runSteps(loop, [new Int32Array(batch).fill(rows)], [0], chunks?.chunkRows);
    } catch (error) {
      throw new OrthantError('engine', 'This TensorFlow does not compile with XLA.', { cause: error });
    }
    // Undo that step.
    this.#agreed.length = 0;
    this.push();
  }

  dispose(): void {
    this.#session.dispose();
  }
}
