import { expect, test } from 'vitest';
import { stepsOfEpoch } from './epochSteps.ts';

/** Counts the steps of an epoch, batch by batch. */
function counted(batchSize: number, rows: number): number {
  let steps = 0;
  for (let row = 0; row < rows; row += batchSize === 0 ? rows : batchSize) steps++;
  return steps;
}

test('an epoch has a step for every batch, the last one maybe smaller', () => {
  for (const batchSize of [0, 1, 7, 16, 64, 4096]) {
    for (let rows = 1; rows < 20_000; rows = Math.ceil(rows * 1.3)) {
      expect(stepsOfEpoch({ batchSize }, rows)).toBe(counted(batchSize, rows));
    }
  }
});
