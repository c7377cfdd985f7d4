import type * as tfjs from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { planBatches } from './batches.ts';
import { hasLargeProducts, hasSmallProducts, isShort } from './stepCost.ts';

/** The parts that determine the step cost of a network of these sizes with this many rows. */
const step = (sizes: readonly number[], rows: number, batchSize: number) => ({
  plan: planBatches(rows, batchSize, 0),
  parameters: sizes.slice(1).flatMap((units, layer) => {
    const shapes = [[sizes[layer] ?? 1, units], [units]];
    return shapes.map((shape, i) => ({
      name: `layer${layer}.${i}`,
      variable: { shape, size: shape.reduce((product, side) => product * side, 1) } as unknown as tfjs.Variable,
      decays: i === 0,
    }));
  }),
});
const small = [9, 64, 64, 1];
const thread = [784, 784, 784, 2];

describe('the cost of a step', () => {
  it('makes a run short if it saves less than compiling takes, at different lengths for small and large networks', () => {
    // One step in an epoch. 0.7 s to compile; each step saves 1.1 ms and 7 ns for each weight: after 617 steps, and
    // after 72.
    expect([600, 620].map((epochs) => isShort(step(small, 64, 64), epochs, 'cpu'))).toEqual([true, false]);
    expect([70, 74].map((epochs) => isShort(step(thread, 64, 64), epochs, 'cpu'))).toEqual([true, false]);
    // On a card 2 s to compile, and each step saves 7.5 ms with any network.
    for (const sizes of [small, thread])
      expect([260, 270].map((epochs) => isShort(step(sizes, 64, 64), epochs, 'gpu'))).toEqual([true, false]);
  });

  it('depends on the largest matrix product', () => {
    expect([step(small, 4096, 64), step(thread, 4096, 64)].map(hasSmallProducts)).toEqual([true, false]);
    expect([2048, 4096].map((batch) => hasLargeProducts(step(thread, 8192, batch)))).toEqual([false, true]);
  });
});
