import { expect, it, vi } from 'vitest';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { fakeMetrics } from '../testing/fakeTraining.ts';
import { EpochColumns } from './epochColumns.ts';

const line = (epoch: number) => fakeMetrics(fakeConfiguration('ink'), ['a'], epoch);
const [one, two, three] = [line(1), line(2), line(3)];

it('computes each epoch once while more arrive', () => {
  const columns = new EpochColumns();
  const figure = vi.fn((metrics: { epoch: number }) => metrics.epoch);
  const before = columns.follow([one, two]).column('epoch', figure);
  expect(columns.follow([one, two, three]).column('epoch', figure)).toEqual([1, 2, 3]);
  expect(figure).toHaveBeenCalledTimes(3);
  expect(before, 'what was given out stays as it was').toEqual([1, 2]);
});

it('recomputes epochs that were measured again, and drops removed ones', () => {
  const columns = new EpochColumns();
  const steps = (): number[] => columns.column('step', ({ step }) => step);
  columns.follow([one, two, three]);
  expect(steps()).toEqual([125, 250, 375]);
  // A resumed run repeats the second epoch; the third is still cached.
  columns.follow([one, { ...two, step: 251 }, three]);
  expect(steps()).toEqual([125, 251, 375]);
  columns.follow([one, three]);
  expect(steps()).toEqual([125, 375]);
});
