import { describe, expect, it } from 'vitest';
import type { ScheduleSettings } from '../../native/contract/configuration.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { fakeMetrics } from '../testing/fakeTraining.ts';
import { marksNear, marksOf, marksText } from './marks.ts';

const configuration = fakeConfiguration('ink');
/** Epochs of 10 steps at these learning rates. */
const epochs = (rates: readonly number[], every = 1) =>
  rates.map((learningRate, index) => {
    const epoch = (index + 1) * every;
    return { ...fakeMetrics(configuration, ['a'], epoch), step: epoch * 10, best: false, learningRate };
  });
const run = (rates: readonly number[], schedule: ScheduleSettings, every = 1) => ({
  metrics: epochs(rates, every),
  checkpoints: [],
  changes: [],
  schedule,
});
const byTwo: ScheduleSettings = { id: 'step', everyEpochs: 2, factor: 0.5, warmUpSteps: 0 };

describe('marks of the learning rate', () => {
  it('are where a step schedule lowers it', () => {
    expect(marksOf(run([0.1, 0.1, 0.05, 0.05, 0.025], byTwo))).toEqual([
      { kind: 'change', epoch: 2, label: 'learning rate 0.05' },
      { kind: 'change', epoch: 4, label: 'learning rate 0.025' },
    ]);
  });

  it('are at the schedule’s own epochs if only some epochs are known', () => {
    // Epochs 5, 10 and 15 of a rate that falls after 4, 8 and 12.
    const marks = marksOf(run([0.05, 0.025, 0.0125], { ...byTwo, everyEpochs: 4 }, 5));
    expect(marks.map(({ epoch }) => epoch)).toEqual([8, 12]);
  });

  it('are not at every epoch of a continuous schedule, nor in the warm-up', () => {
    expect(marksOf(run([0.1, 0.08, 0.05], { id: 'cosine', final: 0, warmUpSteps: 0 }))).toEqual([]);
    expect(marksOf(run([0.02, 0.06, 0.1], { ...byTwo, everyEpochs: 1, warmUpSteps: 25 }))).toEqual([]);
  });

  it('are where the user changed it, once, with the new value', () => {
    const changed = run([0.1, 0.1, 0.01], { ...byTwo, everyEpochs: 5 });
    const marks = marksOf({ ...changed, changes: [{ step: 25, learningRate: 0.01 }] });
    expect(marks).toEqual([{ kind: 'change', epoch: 2, label: 'learning rate 0.01' }]);
  });
});

it('marks are in the order of their epochs, and are found near a place', () => {
  const metrics = epochs([0.1, 0.1, 0.1]).map((line) => ({ ...line, best: line.epoch === 2 }));
  const marks = marksOf({
    metrics,
    checkpoints: [3, 1],
    changes: [{ step: 10, epochs: 9, methodSettings: { alpha: 5 } }],
    schedule: undefined,
  });
  expect(marks.map(({ epoch }) => epoch)).toEqual([1, 1, 2, 3]);
  expect(marksText(marksNear(marks, 1.2, 0.5))).toBe('▮ checkpoint; ▲ epochs 9, alpha 5');
  expect(marksNear(marks, 1.5, 0.4)).toEqual([]);
});
