import { describe, expect, it } from 'vitest';
import { moreEpochs, stepsText } from './trainingSteps.ts';

describe('steps of a run', () => {
  it('are counted by batches, the last one smaller, or one an epoch', () => {
    expect(stepsText({ epochs: 20, batchSize: 64 }, 278)).toMatch(/: 5 steps each, 100 in all\. That is little/);
    expect(stepsText({ epochs: 3000, batchSize: 0 }, 278)).toMatch(/: 1 step each, 3,000 in all\.$/);
    expect(stepsText({ epochs: 8, batchSize: 64 }, 8000)).toMatch(/: 125 steps each, 1,000 in all\.$/);
  });

  it('are counted for an epoch while the number of epochs is chosen for the table', () => {
    expect(stepsText({ epochs: 'auto', batchSize: 64 }, 278)).toBe('Passes over the training rows: 5 steps each.');
  });

  it('become some thousand, in a round number of epochs', () => {
    expect(moreEpochs({ epochs: 20, batchSize: 64 }, 278)).toBe(400);
    expect(moreEpochs({ epochs: 20, batchSize: 64 }, 100_000)).toBe(100);
    expect(moreEpochs({ epochs: 20, batchSize: 0 }, 278)).toBe(2000);
    expect(moreEpochs({ epochs: 900_000, batchSize: 0 }, 278)).toBe(1_000_000);
  });
});
