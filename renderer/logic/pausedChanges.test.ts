import { describe, expect, it } from 'vitest';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { changeBetween, withChanges } from './pausedChanges.ts';

const configuration = fakeConfiguration('ink');
const epochs = Number(configuration.training.epochs);

describe('the settings of a paused run', () => {
  it('are its configuration with the changes made so far, the later ones over the earlier', () => {
    const now = withChanges(configuration, [
      { epochs: 50, methodSettings: { damping: 3 } },
      { learningRate: 0.5, methodSettings: { dualRate: 2 } },
      { epochs: 60 },
    ]);
    expect(now.training.epochs).toBe(60);
    expect(now.training.optimizer.learningRate).toBe(0.5);
    expect(now.constraint.method.settings).toEqual({
      ...configuration.constraint.method.settings,
      damping: 3,
      dualRate: 2,
    });
    expect(configuration.training.epochs).toBe(epochs);
  });

  it('change only where they differ, and not after a return to the old values', () => {
    const wanted = withChanges(configuration, [{ epochs: epochs + 1, methodSettings: { damping: 3 } }]);
    expect(changeBetween(configuration, wanted)).toEqual({ epochs: epochs + 1, methodSettings: { damping: 3 } });
    expect(changeBetween(configuration, withChanges(wanted, [{ epochs }]))).toEqual({ methodSettings: { damping: 3 } });
    expect(changeBetween(configuration, structuredClone(configuration))).toEqual({});
  });
});
