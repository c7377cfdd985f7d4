import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planBatches } from './batches.ts';

it('uses every row once in an epoch, in batches of the requested size and one smaller last batch', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.nat(400),
      fc.nat(1000),
      fc.integer({ min: 1, max: 50 }),
      (rows, size, seed, epoch) => {
        const plan = planBatches(rows, size, seed);
        const order = plan.order(epoch);
        const batches = Array.from({ length: plan.stepsPerEpoch }, (_, step) => plan.batch(order, step));
        const wanted = size === 0 ? rows : Math.min(size, rows);
        expect(plan.batchSize).toBe(wanted);
        expect(batches.slice(0, -1).every((batch) => batch.length === wanted)).toBe(true);
        expect(batches.at(-1)?.length).toBe(rows % wanted || wanted);
        expect(plan.sizes).toEqual([...new Set(batches.map((batch) => batch.length))]);
        const seen = batches.flatMap((batch) => [...batch]).sort((a, b) => a - b);
        expect(seen).toEqual(Array.from({ length: rows }, (_, row) => row));
      },
    ),
  );
});

it('draws another order for another epoch or seed, and the same order for the same ones', () => {
  const order = (seed: number, epoch: number): string => planBatches(50, 8, seed).order(epoch).join();
  expect(order(1, 2)).toBe(order(1, 2));
  expect(new Set([order(1, 2), order(1, 3), order(2, 2), order(2, 1)]).size).toBe(4);
});

it('keeps the order if a step takes all rows', () => {
  const plan = planBatches(4, 0, 9);
  expect([...plan.batch(plan.order(3), 0)]).toEqual([0, 1, 2, 3]);
});
