import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OrthantError } from '../contract/errors.ts';
import { savedModelTag } from './graphDef.ts';
import { graphNames, writeProgram, type ProgramSpecification } from './program.ts';
import type { Binding } from './tape.ts';

/**
 * A program at work: a TensorFlow session whose variables hold state and data. Calls move batch rows, learning rates and
 * objectives only.
 */
export class ProgramSession {
  /** Operations in one step of each loop, in the order of the specification. */
  readonly operations: readonly number[];
  readonly #binding: Binding;
  readonly #program: ProgramSpecification;
  readonly #session: number;
  #disposed = false;

  /** @throws Error with TensorFlow's message where the graph is not accepted */
  constructor(binding: Binding, program: ProgramSpecification) {
    this.#binding = binding;
    this.#program = program;
    const { bytes, operations } = writeProgram(binding, program);
    this.operations = operations;
    const folder = mkdtempSync(path.join(tmpdir(), 'orthant-program-'));
    try {
      mkdirSync(path.join(folder, 'variables'));
      writeFileSync(path.join(folder, 'saved_model.pb'), bytes);
      this.#session = binding.loadSavedModel(folder, savedModelTag);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Sets a resident to the values of the tensor with this native id. */
  write(resident: string, id: number): void {
    this.#run([id], [graphNames.value(resident)], [graphNames.assign(resident)]);
  }

  /**
   * Copies of residents' values, row-major. All in one call: TensorFlow prepares an executor for each new set of
   * fetches, so reading always the same set is cheap and reading one by one is not.
   */
  read(residents: readonly string[]): (Float32Array | Int32Array | Uint8Array)[] {
    return this.#run([], [], residents.map(graphNames.read));
  }

  /**
   * Makes up to `maxSteps` training steps.
   *
   * @param rows - training rows of each step, one after the other: [steps * batch]; every one is checked, since XLA
   *   checks none
   * @param rates - learning rate of each step: [steps]
   * @param limit - number of training rows
   * @returns the objective of each step
   */
  runSteps(loopName: string, rows: Int32Array, rates: Float32Array, limit: number): Float32Array {
    const loop = this.#program.loops.find(({ name }) => name === loopName);
    if (loop === undefined) throw new OrthantError('internal', `The program has no loop ${loopName}.`);
    const steps = rates.length;
    if (steps > loop.maxSteps || rows.length !== steps * loop.batch) {
      throw new OrthantError('internal', `${rows.length} rows do not make ${steps} steps of ${loop.batch}.`);
    }
    for (const row of rows) {
      if (row < 0 || row >= limit)
        throw new OrthantError('internal', `Row ${row} is not one of ${limit} training rows.`);
    }
    const allRows = new Int32Array(loop.maxSteps * loop.batch);
    allRows.set(rows);
    const allRates = new Float32Array(loop.maxSteps);
    allRates.set(rates);
    const inputs = [
      this.#binding.createTensor([loop.maxSteps, loop.batch], 3, allRows),
      this.#binding.createTensor([loop.maxSteps], 1, allRates),
      this.#binding.createTensor([], 3, new Int32Array([steps])),
    ];
    try {
      const [objectives] = this.#run(
        inputs,
        [graphNames.rows(loopName), graphNames.rates(loopName), graphNames.steps(loopName)],
        [graphNames.objectives(loopName)],
      );
      return Float32Array.from(objectives ?? []).subarray(0, steps);
    } finally {
      for (const id of inputs) this.#binding.deleteTensor(id);
    }
  }

  /** Predictions [rows, outputs] for the forward pass's rows from `start` on. */
  predict(forwardName: string, start: number): Float32Array {
    const id = this.#binding.createTensor([], 3, new Int32Array([start]));
    try {
      const [predictions] = this.#run([id], [graphNames.start(forwardName)], [graphNames.prediction(forwardName)]);
      return Float32Array.from(predictions ?? []);
    } finally {
      this.#binding.deleteTensor(id);
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#binding.deleteSavedModel(this.#session);
  }

  /** Feeds `inputs` and copies what is fetched. */
  #run(inputs: number[], names: string[], fetches: readonly string[]): (Float32Array | Int32Array | Uint8Array)[] {
    const output = (name: string): string => `${name}:0`;
    const outputs = this.#binding.runSavedModel(
      this.#session,
      inputs,
      names.map(output).join(','),
      fetches.map(output).join(','),
    );
    try {
      return outputs.map(({ id }) => this.#binding.tensorDataSync(id));
    } finally {
      for (const { id } of outputs) this.#binding.deleteTensor(id);
    }
  }
}
