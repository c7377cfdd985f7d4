import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OrthantError } from '../contract/errors.ts';
import type { Binding } from '../tensorflow/nativeBackend.ts';
import { DataType, savedModelTag } from './graphDef.ts';
import { sessionConfig } from './sessionConfig.ts';
import { writeProgram } from './writeProgram.ts';
import { graphNames, type Loop, type ProgramSpecification } from './program.ts';

/**
 * A running program: a TensorFlow session whose variables hold state and data. Calls transfer only batch rows, learning
 * rates and objectives.
 */
export class ProgramSession {
  readonly #binding: Binding;
  readonly #program: ProgramSpecification;
  readonly #session: number;
  readonly #feeds = new Map<string, { rows: Int32Array; places: Int32Array; rates: Float32Array }>();
  #disposed = false;

  /** @throws Error with TensorFlow's message if TensorFlow refuses the graph */
  constructor(binding: Binding, program: ProgramSpecification) {
    this.#binding = binding;
    this.#program = program;
    const folder = mkdtempSync(path.join(tmpdir(), 'orthant-program-'));
    try {
      mkdirSync(path.join(folder, 'variables'));
      writeFileSync(path.join(folder, 'saved_model.pb'), writeProgram(program));
      this.#session = binding.loadSavedModel(folder, savedModelTag, sessionConfig(program.threads));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /**
   * Sets residents, by name, to the values of the tensors with these native ids. One call sets all, for the reason
   * given at {@link read}.
   */
  write(values: ReadonlyMap<string, number>): void {
    if (values.size === 0) return;
    const residents = [...values.keys()];
    this.#run([...values.values()], residents.map(graphNames.value), residents.map(graphNames.assign));
  }

  /** Sets a float resident to these values, row-major. */
  writeValues(resident: string, values: Float32Array): void {
    const shape = this.#program.data.find(({ name }) => name === resident)?.shape ?? [];
    const id = this.#binding.createTensor([...shape], DataType.float, values);
    try {
      this.write(new Map([[resident, id]]));
    } finally {
      this.#binding.deleteTensor(id);
    }
  }

  /**
   * Copies of residents' values, row-major. One call reads all: TensorFlow prepares an executor for each new set of
   * fetches, so reading the same set again is cheap and reading one by one is not.
   */
  read(residents: readonly string[]): (Float32Array | Int32Array | Uint8Array)[] {
    return this.#run([], [], residents.map(graphNames.read));
  }

  /**
   * Runs up to `maxSteps` training steps.
   *
   * @param batches - training rows of each step; the caller has checked them, since XLA does not
   * @param rates - learning rate of each step
   * @param place - for a chunked program: position in the chunk of the first step's first row; the other rows follow it
   * @returns the objective of each step
   */
  runSteps(loopName: string, batches: readonly Int32Array[], rates: readonly number[], place = 0): Float32Array {
    const loop = this.#program.loops.find(({ name }) => name === loopName);
    if (loop === undefined) throw new OrthantError('internal', `The program has no loop ${loopName}.`);
    const steps = batches.length;
    if (steps > loop.maxSteps || steps !== rates.length || batches.some(({ length }) => length !== loop.batch)) {
      throw new OrthantError('internal', `The loop ${loopName} got batches of another size than it was compiled for.`);
    }
    const feed = this.#feedOf(loop);
    batches.forEach((batch, step) => {
      feed.rows.set(batch, step * loop.batch);
    });
    feed.rates.set(rates);
    const { chunked } = this.#program;
    if (chunked) for (let i = 0; i < steps * loop.batch; i++) feed.places[i] = place + i;
    const inputs = [
      this.#binding.createTensor([loop.maxSteps, loop.batch], 3, feed.rows),
      ...(chunked ? [this.#binding.createTensor([loop.maxSteps, loop.batch], 3, feed.places)] : []),
      this.#binding.createTensor([loop.maxSteps], 1, feed.rates),
      this.#binding.createTensor([], 3, new Int32Array([steps])),
    ];
    try {
      const [objectives] = this.#run(
        inputs,
        [
          graphNames.rows(loopName),
          ...(chunked ? [graphNames.places(loopName)] : []),
          graphNames.rates(loopName),
          graphNames.steps(loopName),
        ],
        [graphNames.objectives(loopName)],
      );
      return Float32Array.from(objectives ?? []).subarray(0, steps);
    } finally {
      for (const id of inputs) this.#binding.deleteTensor(id);
    }
  }

  /** Arrays for the inputs of a call; reused, since their size does not depend on the number of steps. */
  #feedOf({ name, maxSteps, batch }: Loop): { rows: Int32Array; places: Int32Array; rates: Float32Array } {
    let feed = this.#feeds.get(name);
    if (feed === undefined) {
      feed = {
        rows: new Int32Array(maxSteps * batch),
        places: new Int32Array(this.#program.chunked ? maxSteps * batch : 0),
        rates: new Float32Array(maxSteps),
      };
      this.#feeds.set(name, feed);
    }
    return feed;
  }

  /** Predictions [rows, outputs], row-major, for the rows from a start index, or for the given rows. */
  predict(forwardName: string, rows: number | Float32Array): Float32Array {
    const forward = this.#program.forwards.find(({ name }) => name === forwardName);
    if (forward === undefined) throw new OrthantError('internal', `The program has no forward pass ${forwardName}.`);
    const [id, given] =
      typeof rows === 'number'
        ? [this.#binding.createTensor([], 3, new Int32Array([rows])), graphNames.start(forwardName)]
        : [this.#binding.createTensor([forward.rows, forward.features], 1, rows), graphNames.batch(forwardName)];
    try {
      const [predictions] = this.#run([id], [given], [graphNames.prediction(forwardName)]);
      return new Float32Array(predictions ?? []);
    } finally {
      this.#binding.deleteTensor(id);
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#binding.deleteSavedModel(this.#session);
  }

  /** Feeds `inputs` and copies the fetched values. */
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
