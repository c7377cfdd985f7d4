import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as tfjs from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { CompiledRun, type CompiledKind } from './compiledRun.ts';
import { onesOfComputedLength, withBinding } from './testing/bindings.ts';
import { traceRun, type CompilableRun } from './traceRun.ts';

/** XLA writes every module it compiles to this folder. It reads the flag when it is first used, later in this file. */
const dump = mkdtempSync(path.join(tmpdir(), 'orthant-xla-'));
process.env.XLA_FLAGS = `--xla_dump_to=${dump} --xla_dump_hlo_as_text`;
afterAll(() => {
  rmSync(dump, { recursive: true });
});

/** Number of programs that XLA has compiled in this process. */
const compilations = (): number => readdirSync(dump).filter((name) => name.endsWith('after_optimizations.txt')).length;

let runtime: EngineRuntime;

const trainingRows = 12;
const features = 3;
const inputs = Float32Array.from({ length: trainingRows * features }, (_, i) => Math.sin(i * 1.7));
const targets = Float32Array.from({ length: trainingRows }, (_, i) => Math.cos(i));

/** Garbage in Node is not a leak, and it is collected at random times. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

type Step = CompilableRun['step'];

interface Example {
  readonly run: CompilableRun;
  readonly weights: tfjs.Variable<tfjs.Rank.R2>;
  /** Number of visits to each row. */
  readonly seen: tfjs.Variable<tfjs.Rank.R1>;
  readonly dispose: () => void;
}

/** Linear least squares by gradient descent, its gradient written out, and a count of visits to each row. */
function leastSquares(
  change: (step: Step, example: Omit<Example, 'run' | 'dispose'>) => Step = (step) => step,
): Example {
  const { tf } = runtime;
  const x = tf.tensor2d(inputs, [trainingRows, features]);
  const y = tf.tensor2d(targets, [trainingRows, 1]);
  const [weights, seen] = tf.tidy(() => [
    tf.variable(tf.zeros<tfjs.Rank.R2>([features, 1])),
    tf.variable(tf.zeros<tfjs.Rank.R1>([trainingRows])),
  ]);
  const step: Step = (rows, learningRate) =>
    tf.tidy(() => {
      const batch = tf.gather(x, rows);
      const error = tf.sub(tf.matMul(batch, weights), tf.gather(y, rows));
      const gradient = tf.div(tf.matMul(batch, error, true), rows.size);
      weights.assign(tf.sub(weights, tf.mul(gradient, learningRate)));
      const visits = tf.add(tf.gather(seen, rows), 1);
      seen.assign(tf.tensorScatterUpdate(seen, tf.expandDims(rows, 1), visits));
      return tf.mean<tfjs.Scalar>(tf.square(error));
    });
  return {
    run: {
      tf,
      backend: nativeBackend(tf),
      state: [weights, seen],
      trainingData: [x, y],
      rows: trainingRows,
      step: change(step, { weights, seen }),
      predict: (batch) => tf.matMul(batch, weights),
      batchSizes: [5, 2],
      splits: { train: x },
      chunkRows: 5,
    },
    weights,
    seen,
    dispose: () => {
      tf.dispose([x, y, weights, seen]);
    },
  };
}

/** Resources of a test, to be disposed after it passes or fails. */
const forget: (() => void)[] = [];
afterEach(() => {
  for (const end of forget.splice(0)) end();
});

/** A Variable that is not declared by any run. */
function hidden(name: string): tfjs.Variable {
  const variable = runtime.tf.tidy(() => runtime.tf.variable(runtime.tf.scalar(1), false, name));
  forget.push(() => {
    variable.dispose();
  });
  return variable;
}

/** A step with an operation whose result's shape depends on a value; XLA must know all shapes before it compiles. */
const refusedByXla = (): Example =>
  leastSquares((step) => (rows, rate) => {
    const { tf } = runtime;
    return tf.tidy(() => tf.mean<tfjs.Scalar>(tf.mul(step(rows, rate, rows), onesOfComputedLength(tf, rate))));
  });

/** The same in float64, by hand. */
function byHand(batches: readonly Int32Array[], rates: readonly number[]): { weights: number[]; losses: number[] } {
  let weights = [0, 0, 0];
  const losses = batches.map((rows, step) => {
    const errors = [...rows].map(
      (row) => weights.reduce((sum, w, i) => sum + w * (inputs[row * features + i] ?? 0), 0) - (targets[row] ?? 0),
    );
    weights = weights.map((w, i) => {
      const slope = errors.reduce((sum, e, k) => sum + e * (inputs[(rows[k] ?? 0) * features + i] ?? 0), 0);
      return w - ((rates[step] ?? 0) * slope) / rows.length;
    });
    return errors.reduce((sum, e) => sum + e * e, 0) / rows.length;
  });
  return { weights, losses };
}

/** Two epochs of batches of 5, 5 and 2 rows, repeated `times` times. */
const epochs = (times: number): Int32Array[] =>
  Array.from({ length: times }, () => [
    Int32Array.of(3, 0, 11, 7, 5),
    Int32Array.of(1, 2, 4, 6, 8),
    Int32Array.of(9, 10),
  ]).flat();

const executions: CompiledKind[] = ['xla', 'graph'];

describe.skipIf(!hasTensorflow)('a compiled run', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  it.each(executions)('with %s gives the same steps as arithmetic by hand', async (execution) => {
    const example = leastSquares();
    const compiled = new CompiledRun(traceRun(example.run), execution);
    // Tracing ran steps on the Variables; they must leave no effect.
    expect([...example.seen.dataSync()]).toEqual(Array.from({ length: trainingRows }, () => 0));
    const batches = epochs(20);
    const rates = batches.map((_, step) => 0.3 / (1 + step / 10));
    const objectives = compiled.steps(batches, rates);
    const expected = byHand(batches, rates);
    expected.losses.forEach((loss, step) => {
      expect(objectives[step]).toBeCloseTo(loss, 5);
    });
    // Predictions come from the program's weights, in chunks, the last of which overlaps.
    const predictions = await compiled.predictions('train', () => Promise.resolve());
    expect(predictions).toHaveLength(trainingRows);
    predictions.forEach((prediction, row) => {
      const truth = expected.weights.reduce((sum, w, i) => sum + w * (inputs[row * features + i] ?? 0), 0);
      expect(prediction).toBeCloseTo(truth, 5);
    });
    compiled.pull();
    example.weights.dataSync().forEach((weight, i) => {
      expect(weight).toBeCloseTo(expected.weights[i] ?? NaN, 5);
    });
    expect([...example.seen.dataSync()]).toEqual(Array.from({ length: trainingRows }, () => 20));
    compiled.dispose();
    example.dispose();
  });

  it('continues from values that JavaScript assigned', () => {
    const example = leastSquares();
    const compiled = new CompiledRun(traceRun(example.run), 'xla');
    compiled.steps(epochs(1), [0.1, 0.1, 0.1]);
    compiled.pull();
    runtime.tf.tidy(() => {
      example.weights.assign(runtime.tf.zeros([features, 1]));
    });
    compiled.push();
    const [objective] = compiled.steps([Int32Array.of(0, 1, 2, 3, 4)], [0.1]);
    expect(objective).toBeCloseTo(byHand([Int32Array.of(0, 1, 2, 3, 4)], [0.1]).losses[0] ?? NaN, 6);
    compiled.dispose();
    example.dispose();
  });

  it('is compiled by XLA once, whatever the number of steps, and not at all without it', () => {
    const example = leastSquares();
    const before = compilations();
    const compiled = new CompiledRun(traceRun(example.run), 'xla');
    expect(compilations()).toBe(before + 1);
    const batch = Int32Array.of(0, 1, 2, 3, 4);
    for (const count of [1, 7, 100, 2500]) {
      compiled.steps(
        Array.from({ length: count }, () => batch),
        Array.from({ length: count }, () => 0.01),
      );
    }
    expect(compilations()).toBe(before + 1);
    compiled.dispose();
    const plain = new CompiledRun(traceRun(example.run), 'graph');
    plain.steps([batch], [0.01]);
    expect(compilations()).toBe(before + 1);
    plain.dispose();
    example.dispose();
  });

  it('is refused if TensorFlow ignores the XLA mark', () => {
    const example = leastSquares();
    const { backend } = example.run;
    const { binding } = backend;
    const loadSavedModel = (folder: string, tags: string): number => {
      const file = path.join(folder, 'saved_model.pb');
      const bytes = readFileSync(file);
      const mark = '_XlaMustCompile';
      for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark)) bytes.write('_XlaMustBeElse_', at);
      writeFileSync(file, bytes);
      return binding.loadSavedModel(folder, tags);
    };
    withBinding(backend, { loadSavedModel }, () => {
      expect(() => new CompiledRun(traceRun(example.run), 'xla')).toThrow('This TensorFlow does not compile with XLA.');
      new CompiledRun(traceRun(example.run), 'graph').dispose();
    });
    example.dispose();
  });

  it('refuses row numbers out of range, which XLA would not notice', () => {
    const example = leastSquares();
    const compiled = new CompiledRun(traceRun(example.run), 'xla');
    for (const row of [-1, trainingRows]) {
      expect(() => compiled.steps([Int32Array.of(0, 1, 2, 3, row)], [0.1])).toThrow(
        `Row ${row} is not one of ${trainingRows} training rows`,
      );
    }
    // All are checked before the first step.
    expect(() => compiled.steps([Int32Array.of(0, 1, 2, 3, 4), Int32Array.of(5, trainingRows)], [0.1, 0.1])).toThrow(
      `Row ${trainingRows} is not one of ${trainingRows} training rows`,
    );
    compiled.steps([Int32Array.of(0, 1, 2, 3, 4)], [0.1]);
    compiled.pull();
    expect(Math.max(...example.seen.dataSync())).toBe(1);
    expect(() => compiled.steps([Int32Array.of(0, 1, 2)], [0.1])).toThrow(/batches of 3 rows/);
    compiled.dispose();
    example.dispose();
  });

  it.each<[string, RegExp, Parameters<typeof leastSquares>[0]]>([
    [
      'draws random numbers in JavaScript',
      /not the same on every batch: operation \d+ is a constant of shape \[\]/,
      (step) => (rows, rate) =>
        runtime.tf.tidy(() => runtime.tf.mul<tfjs.Scalar>(step(rows, rate, rows), runtime.tf.scalar(Math.random()))),
    ],
    [
      'does something else on every other batch',
      /not the same on every batch: operation \d+ is (nothing|Neg)/,
      (step) => {
        let calls = 0;
        return (rows, rate) =>
          runtime.tf.tidy(() => {
            const loss = step(rows, rate, rows);
            return calls++ % 2 === 0 ? runtime.tf.neg<tfjs.Scalar>(loss) : loss;
          });
      },
    ],
    [
      'decides from a value, even where it always decides the same',
      /reads the result of Mean back to JavaScript/,
      (step) => (rows, rate) => {
        const loss = step(rows, rate, rows);
        if ((loss.dataSync()[0] ?? 0) > 1e9) throw new Error('this is far too much');
        return loss;
      },
    ],
    [
      'assigns a Variable that is not declared',
      /The step assigns the Variable "hidden-counter", which is not part of the declared state/,
      (step) => {
        const counter = hidden('hidden-counter');
        return (rows, rate) =>
          runtime.tf.tidy(() => {
            counter.assign(runtime.tf.add(counter, 1));
            return runtime.tf.add<tfjs.Scalar>(step(rows, rate, rows), counter);
          });
      },
    ],
    [
      'uses a Variable that is not declared, which would be frozen',
      /uses the Variable "hidden-coefficient", which is not part of the declared state/,
      (step) => {
        const coefficient = hidden('hidden-coefficient');
        return (rows, rate) => runtime.tf.tidy(() => runtime.tf.mul<tfjs.Scalar>(step(rows, rate, rows), coefficient));
      },
    ],
    [
      'uses an operation the compiler does not know',
      /Cumsum is not known to the compiler/,
      (step, { weights }) =>
        (rows, rate) =>
          runtime.tf.tidy(() => {
            const loss = step(rows, rate, rows);
            weights.assign(runtime.tf.cumsum(weights));
            return loss;
          }),
    ],
  ])('refuses a step that %s, and leaves the state as it was', (_, reason, change) => {
    const example = leastSquares(change);
    forget.push(example.dispose);
    // The first attempt uploads tensors, which then stay in TensorFlow.
    expect(() => new CompiledRun(traceRun(example.run), 'graph')).toThrow(reason);
    const before = runtime.tensorCount();
    expect(() => new CompiledRun(traceRun(example.run), 'xla')).toThrow(reason);
    expect([...example.seen.dataSync(), ...example.weights.dataSync()].every((value) => value === 0)).toBe(true);
    expect(runtime.tensorCount()).toBe(before);
  });

  it.each<[string, RegExp, (inputs: tfjs.Tensor2D, weights: tfjs.Tensor2D) => tfjs.Tensor2D]>([
    [
      'decides from a value',
      /^The forward pass reads the result of MatMul back to JavaScript|^The forward pass reads the result of BatchMatMulV2/,
      (inputs, weights) => {
        const prediction = runtime.tf.matMul<tfjs.Tensor2D>(inputs, weights);
        return (prediction.dataSync()[0] ?? 0) > 1e9 ? inputs : prediction;
      },
    ],
    [
      'draws random numbers in TensorFlow',
      /^The forward pass draws random numbers with Multinomial/,
      (inputs, weights) =>
        runtime.tf.add(
          runtime.tf.matMul(inputs, weights),
          runtime.tf.cast(runtime.tf.multinomial(runtime.tf.tensor1d([0, 0]), 1, 5), 'float32'),
        ),
    ],
    [
      'draws random numbers in JavaScript',
      /^The forward pass is not the same on every batch: operation \d+ is a constant/,
      (inputs, weights) => runtime.tf.add(runtime.tf.matMul(inputs, weights), Math.random()),
    ],
  ])('refuses a forward pass that %s', (_, reason, predict) => {
    const example = leastSquares();
    forget.push(example.dispose);
    const run = { ...example.run, predict: (batch: tfjs.Tensor2D) => predict(batch, example.weights) };
    expect(() => traceRun(run)).toThrow(reason);
    const before = runtime.tensorCount();
    expect(() => traceRun(run)).toThrow(reason);
    expect(runtime.tensorCount()).toBe(before);
  });

  it('is traced on batches that differ, also if a batch has all rows', () => {
    const seen: string[] = [];
    const example = leastSquares((step) => (rows, rate) => {
      seen.push([...rows.dataSync()].join());
      return step(rows, rate, rows);
    });
    forget.push(example.dispose);
    expect(() => traceRun({ ...example.run, batchSizes: [trainingRows] })).toThrow(/back to JavaScript/);
    expect(new Set(seen).size).toBe(3);
  });

  it('is traced once for splits that are predicted in the same number of rows', () => {
    const example = leastSquares();
    forget.push(example.dispose);
    const predicted: number[] = [];
    const predict = (batch: tfjs.Tensor2D): tfjs.Tensor2D => {
      predicted.push(batch.shape[0]);
      return example.run.predict(batch);
    };
    const { train = example.weights } = example.run.splits;
    traceRun({ ...example.run, predict, splits: { train, validation: train, test: train } });
    // Besides the two rows of the check: 12 rows, at most 5 at once, in three calls of 4.
    expect(predicted.filter((rows) => rows > 2)).toEqual([4]);
  });

  it('leaves nothing behind if XLA refuses a step that TensorFlow accepts', async () => {
    const example = refusedByXla();
    forget.push(example.dispose);
    new CompiledRun(traceRun(example.run), 'graph').dispose();
    const before = runtime.tensorCount();
    const traced = traceRun(example.run);
    const { backend } = example.run;
    const { binding } = backend;
    const deleteSavedModel = vi.fn((id: number) => {
      binding.deleteSavedModel(id);
    });
    withBinding(backend, { deleteSavedModel }, () => {
      expect(() => new CompiledRun(traced, 'xla')).toThrow(/compile-time constant/);
    });
    expect(deleteSavedModel).toHaveBeenCalledTimes(1);
    expect(runtime.tensorCount()).toBe(before);
    expect([...example.seen.dataSync(), ...example.weights.dataSync()].every((value) => value === 0)).toBe(true);
    // The same trace works without XLA.
    const compiled = new CompiledRun(traced, 'graph');
    const batches = epochs(1);
    expect(compiled.steps(batches, [0.1, 0.1, 0.1])[0]).toBeCloseTo(
      byHand(batches, [0.1, 0.1, 0.1]).losses[0] ?? NaN,
      6,
    );
    expect(await compiled.predictions('train', () => Promise.resolve())).toHaveLength(trainingRows);
    compiled.dispose();
  });

  it('needs no more memory for 10,000 steps than for 1,000', () => {
    const { tf } = runtime;
    // Each step makes 64 kB of new state, and each pull copies it: a result or value that is kept would take 600 MB.
    const large = tf.tidy(() => tf.variable(tf.zeros([1 << 14])));
    const example = leastSquares((step) => (rows, rate, places) => {
      tf.tidy(() => {
        large.assign(tf.add(large, rate));
      });
      return step(rows, rate, places);
    });
    const { run } = example;
    const batch = Int32Array.of(0, 1, 2, 3, 4);
    const compiled = new CompiledRun(
      traceRun({ ...run, state: [...run.state, large], batchSizes: [batch.length] }),
      'xla',
    );
    const train = (steps: number): { tensors: number; bytes: number } => {
      // One step in each call, so that a leak of a call occurs as often as possible.
      for (let done = 1; done <= steps; done++) {
        compiled.steps([batch], [0.01]);
        compiled.pull();
        // Often enough that garbage never makes the process grow.
        if (done % 250 === 0) collectGarbage();
      }
      return { tensors: runtime.tensorCount(), bytes: process.memoryUsage().rss };
    };
    const early = train(1000);
    const late = train(9000);
    expect(late.bytes).toBeLessThan(early.bytes * 1.05);
    expect(late.tensors).toBe(early.tensors);
    compiled.dispose();
    example.dispose();
    large.dispose();
  });
});
