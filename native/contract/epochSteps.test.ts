import { describe, expect, test } from 'vitest';
import { epochsByRows, moreEpochs, stepsOfEpoch } from './epochSteps.ts';

/** Counts the steps of an epoch, batch by batch. */
function counted(batchSize: number, rows: number): number {
  let steps = 0;
  for (let row = 0; row < rows; row += batchSize === 0 ? rows : batchSize) steps++;
  return steps;
}

describe('the number of epochs that the user has not chosen', () => {
  test.each([
    [64, 48, 1000],
    [64, 128, 1000],
    [64, 240, 500],
    [64, 800, 200],
    [64, 2400, 60],
    [64, 6336, 30],
    [64, 6337, 20],
    [64, 1_000_000, 20],
    [16, 800, 40],
    [0, 1_000_000, 1000],
  ])('batches of %i from %i rows: %i', (batchSize, rows, epochs) => {
    expect(epochsByRows({ batchSize }, rows)).toBe(epochs);
  });

  test('makes about two thousand steps, unless an epoch is a single step; never fewer epochs than the default of 20', () => {
    for (const batchSize of [0, 1, 7, 16, 64, 4096]) {
      for (let rows = 1; rows < 20_000; rows = Math.ceil(rows * 1.3)) {
        const each = counted(batchSize, rows);
        expect(stepsOfEpoch({ batchSize }, rows)).toBe(each);
        const epochs = epochsByRows({ batchSize }, rows);
        expect(epochs).toBeGreaterThanOrEqual(20);
        expect(epochs).toBeLessThanOrEqual(1000);
        if (each > 1) expect(each * epochs).toBeGreaterThanOrEqual(2000);
        if (epochs > 20) expect(each * epochs).toBeLessThanOrEqual(4000);
      }
    }
  });
});

test('after a run that learned little, some thousand steps are suggested, in a round number of epochs', () => {
  expect(moreEpochs({ epochs: 20, batchSize: 64 }, 278)).toBe(400);
  expect(moreEpochs({ epochs: 20, batchSize: 64 }, 100_000)).toBe(100);
  expect(moreEpochs({ epochs: 20, batchSize: 0 }, 278)).toBe(2000);
  expect(moreEpochs({ epochs: 900_000, batchSize: 0 }, 278)).toBe(1_000_000);
});
