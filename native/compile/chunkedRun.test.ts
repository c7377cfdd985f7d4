import type * as tfjs from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { ChunkReader } from './chunkReader.ts';
import { CompiledRun, type CompiledKind } from './compiledRun.ts';
import type { RowArray } from './rowArray.ts';
import { traceRun } from './traceRun.ts';

let runtime: EngineRuntime;

const rows = 12;
const features = 3;
const floats = (length: number, value: (i: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => value(i));
const inputs: RowArray = { values: floats(rows * features, (i) => Math.sin(i * 1.7)), width: features };
const targets: RowArray = { values: floats(rows, (i) => Math.cos(i)), width: 1 };

/** Records of each step: the sum of each feature over its rows, their targets, and a count of visits by row. */
function open(
  execution: CompiledKind,
  chunkRows: number,
): { compiled: CompiledRun; reader: ChunkReader; seen: tfjs.Variable; dispose: () => void } {
  const { tf } = runtime;
  const reader = new ChunkReader([inputs, targets], chunkRows);
  const chunk = [tf.zeros<tfjs.Rank.R2>([chunkRows, features]), tf.zeros<tfjs.Rank.R2>([chunkRows, 1])] as const;
  const [seen, weights] = tf.tidy(() => [
    tf.variable(tf.zeros<tfjs.Rank.R1>([rows])),
    tf.variable(tf.tensor2d([1, 10, 100], [features, 1])),
  ]);
  const compiled = new CompiledRun(
    traceRun({
      tf,
      backend: nativeBackend(tf),
      state: [seen, weights],
      trainingData: chunk,
      chunks: reader,
      rows,
      step: (numbers, rate, places) =>
        tf.tidy(() => {
          const visits = tf.add(tf.gather(seen, numbers), rate);
          seen.assign(tf.tensorScatterUpdate(seen, tf.expandDims(numbers, 1), visits));
          const sums = tf.matMul(tf.gather(chunk[0], places), weights);
          return tf.sum<tfjs.Scalar>(tf.mul(sums, tf.gather(chunk[1], places)));
        }),
      predict: (batch) => tf.matMul(batch, weights),
      batchSizes: [3, 2],
      splits: { train: inputs },
      chunkRows: 5,
    }),
    execution,
  );
  tf.dispose([...chunk]);
  return {
    compiled,
    reader,
    seen,
    dispose: () => {
      compiled.dispose();
      tf.dispose([seen, weights]);
    },
  };
}

const weighed = (row: number): number =>
  [1, 10, 100].reduce((sum, weight, i) => sum + weight * (inputs.values[row * features + i] ?? 0), 0);
const truth = (batch: Int32Array): number =>
  batch.reduce((sum, row) => sum + weighed(row) * (targets.values[row] ?? 0), 0);

const order = Int32Array.of(11, 3, 7, 0, 9, 1, 5, 2, 10, 4, 8);
/** Chunks of 6 rows: first two batches of 3, then one of 3 and the last one of 2. */
const batches = [0, 3, 6, 9].map((first) => order.subarray(first, Math.min(first + 3, order.length)));

describe.skipIf(!hasTensorflow)('a run whose rows come in chunks', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  it.each<CompiledKind>(['xla', 'graph'])('sees the rows it asks for, and no other: %s', async (execution) => {
    const { compiled, reader, seen, dispose } = open(execution, 6);
    reader.expect(order);
    // First in one call, then in calls that end inside chunks.
    const objectives = [
      ...compiled.steps(batches, [1, 2, 3, 4]),
      ...compiled.steps(batches.slice(0, 1), [1]),
      ...compiled.steps(batches.slice(1), [1, 1, 1]),
    ];
    objectives.forEach((objective, i) => {
      expect(objective).toBeCloseTo(truth(batches[i % 4] ?? order), 3);
    });
    compiled.pull();
    const visits = new Float32Array(rows);
    batches.forEach((batch, step) => {
      batch.forEach((row) => (visits[row] = step + 2));
    });
    expect(seen.dataSync()).toEqual(visits);
    const predictions = await compiled.predictions('train', () => Promise.resolve());
    expect(predictions).toHaveLength(rows);
    predictions.forEach((prediction, row) => {
      expect(prediction).toBeCloseTo(weighed(row), 4);
    });
    dispose();
  });

  it('keeps the values of the current chunk while the next one is written to the same arrays', () => {
    const { compiled, reader, dispose } = open('xla', 6);
    reader.expect(order);
    compiled.steps(batches.slice(0, 1), [1]);
    for (const values of reader.arrays) values.fill(NaN);
    expect(compiled.steps(batches.slice(1, 2), [1])[0]).toBeCloseTo(truth(batches[1]!), 3);
    dispose();
  });

  it('refuses row numbers out of range', () => {
    const { compiled, dispose } = open('xla', 6);
    for (const row of [-1, rows]) {
      expect(() => compiled.steps([Int32Array.of(0, 1, row)], [1])).toThrow(`Row ${row} is not one of ${rows}`);
    }
    dispose();
  });
});
