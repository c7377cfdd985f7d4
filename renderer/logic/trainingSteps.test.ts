import { describe, expect, it } from 'vitest';
import { stepsText } from './trainingSteps.ts';

describe('steps of a run', () => {
  it('are counted by batches, the last one smaller, or one an epoch', () => {
    expect(stepsText({ epochs: 20, batchSize: 64 }, 278, false)).toMatch(/: 5 steps each, 100 in all\. That is little/);
    expect(stepsText({ epochs: 3000, batchSize: 0 }, 278, false)).toMatch(/: 1 step each, 3,000 in all\.$/);
    expect(stepsText({ epochs: 8, batchSize: 64 }, 8000, false)).toMatch(/: 125 steps each, 1,000 in all\.$/);
  });

  it('show where their number comes from until the user sets it', () => {
    expect(stepsText({ epochs: 400, batchSize: 64 }, 278, true)).toMatch(
      /2,000 in all\. The number of rows sets the epochs/,
    );
    // No hint about few steps, because the number is the recommended one.
    expect(stepsText({ epochs: 20, batchSize: 64 }, 278, true)).not.toMatch(/little/);
  });
});
