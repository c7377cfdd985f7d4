import { describe, expect, it } from 'vitest';
import type { TrainingResult } from '../../native/contract/results.ts';
import { executionText, phaseTimes } from './phases.ts';

describe('the phases of a run', () => {
  it('come in their order, with their shares, without those that took no time', () => {
    const phases = phaseTimes({ export: 1, train: 6, compile: 2, evaluate: 0, read: 1, setup: 0 });
    expect(phases).toEqual([
      { name: 'Reading the data', seconds: 1, share: 0.1 },
      { name: 'Compiling', seconds: 2, share: 0.2 },
      { name: 'Training', seconds: 6, share: 0.6 },
      { name: 'Exporting', seconds: 1, share: 0.1 },
    ]);
    expect(phaseTimes({ setup: 0, read: 0, train: 0, evaluate: 0, export: 0 })).toEqual([]);
  });
});

describe('how a run was trained', () => {
  const text = (of: Partial<TrainingResult>): string =>
    executionText({
      engine: 'tensorflow',
      version: '2.21.0',
      device: 'cpu',
      execution: 'xla',
      ...of,
    } as TrainingResult);

  it('is described in a sentence, with the reason if there is one', () => {
    expect(text({})).toBe(
      'Trained by TensorFlow 2.21.0 on the processor, with all steps in one program, compiled by XLA.',
    );
    expect(text({ device: 'gpu', execution: 'eager', executionReason: 'For 12 steps, it costs more.' })).toBe(
      'Trained by TensorFlow 2.21.0 on the card, one operation at a time. For 12 steps, it costs more.',
    );
  });
});
