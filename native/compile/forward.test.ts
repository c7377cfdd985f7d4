import type * as tfjs from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { CompiledRun } from './compiledRun.ts';
import { traceRun } from './traceRun.ts';

let runtime: EngineRuntime;

beforeAll(async () => {
  if (hasTensorflow) runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
});

test.skipIf(!hasTensorflow)(
  'every row is predicted in its place, however rows are shared out to calls and blocks',
  async () => {
    const { tf } = runtime;
    const features = 2;
    const weights = [3, -0.5];
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          rows: fc.integer({ min: 1, max: 70 }),
          heldOut: fc.integer({ min: 1, max: 70 }),
          chunkRows: fc.integer({ min: 1, max: 40 }),
          threads: fc.constantFrom(0, 1),
          resident: fc.boolean(),
        }),
        async ({ rows, heldOut, chunkRows, threads, resident }) => {
          const valuesOf = (count: number, first: number) =>
            Float32Array.from({ length: count * features }, (_, i) => Math.sin(i + first));
          const splits = { train: valuesOf(rows, 0), validation: valuesOf(heldOut, 5) };
          const taken: number[] = [];
          const variable = tf.variable(tf.tensor2d(weights, [features, 1]));
          const [train, validation] = Object.values(splits).map((values) =>
            tf.tensor2d(values, [values.length / features, features]),
          ) as [tfjs.Tensor2D, tfjs.Tensor2D];
          const compiled = new CompiledRun(
            traceRun({
              tf,
              backend: nativeBackend(tf),
              state: [variable],
              trainingData: [train],
              rows,
              step: (batch) => tf.tidy(() => tf.sum<tfjs.Scalar>(tf.gather(train, batch))),
              predict: (batch) => {
                taken.push(batch.shape[0]);
                return tf.matMul(batch, variable);
              },
              batchSizes: [1],
              splits: resident ? { train, validation } : { train: { values: splits.train, width: features } },
              chunkRows,
              threads,
            }),
            'graph',
          );
          // The pass is checked on two rows.
          expect(Math.max(...taken)).toBeLessThanOrEqual(Math.max(chunkRows, 2));
          try {
            for (const split of resident ? (['train', 'validation'] as const) : (['train'] as const)) {
              const predictions = await compiled.predictions(split, () => Promise.resolve());
              const values = splits[split];
              expect(predictions).toHaveLength(values.length / features);
              predictions.forEach((prediction, row) => {
                const [first = NaN, second = NaN] = values.subarray(row * features);
                expect(prediction).toBeCloseTo(3 * first - 0.5 * second, 4);
              });
            }
          } finally {
            compiled.dispose();
            tf.dispose([variable, train, validation]);
          }
        },
      ),
      { numRuns: 40 },
    );
  },
);
