import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ScheduleSettings } from '../contract/configuration.ts';
import { learningRateAt } from './schedules.ts';

const at = (schedule: ScheduleSettings, steps: readonly number[], stepsPerEpoch = 5, epochs = 4): number[] =>
  steps.map((step) => learningRateAt(schedule, 0.8, { step, stepsPerEpoch, epochs }));

it('constant stays, step halves at the borders of epochs', () => {
  expect(at({ id: 'constant', warmUpSteps: 0 }, [0, 7, 19])).toEqual([0.8, 0.8, 0.8]);
  expect(at({ id: 'step', everyEpochs: 2, factor: 0.5, warmUpSteps: 0 }, [0, 9, 10, 19])).toEqual([0.8, 0.8, 0.4, 0.4]);
});

it('cosine goes from the whole through the mean to the final share', () => {
  const [first, middle, last, beyond] = at({ id: 'cosine', final: 0.25, warmUpSteps: 0 }, [0, 10, 20, 25], 7, 3);
  expect(first).toBe(0.8);
  expect(middle).toBeCloseTo((0.8 + 0.2) / 2, 12);
  expect(last).toBeCloseTo(0.2, 12);
  expect(beyond).toBeCloseTo(0.2, 12);
});

it('warms up linearly to the learning rate, with any schedule after it', () => {
  for (const rest of [{ id: 'constant' }, { id: 'cosine', final: 0 }] as const) {
    const rates = at({ ...rest, warmUpSteps: 4 }, [0, 1, 2, 3, 4]);
    [0.2, 0.4, 0.6, 0.8, 0.8].forEach((rate, i) => {
      expect(rates[i]).toBeCloseTo(rate, 12);
    });
  }
});

it('is never negative, never above the base, and never rises after the warm-up', () => {
  const schedule = fc.oneof(
    fc.record({
      id: fc.constant('cosine' as const),
      final: fc.double({ min: 0, max: 1, noNaN: true }),
      warmUpSteps: fc.nat(30),
    }),
    fc.record({
      id: fc.constant('step' as const),
      everyEpochs: fc.integer({ min: 1, max: 5 }),
      factor: fc.double({ min: 0.01, max: 1, noNaN: true }),
      warmUpSteps: fc.nat(30),
    }),
  );
  fc.assert(
    fc.property(
      schedule,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (settings, stepsPerEpoch, epochs) => {
        const rates = at(
          settings,
          Array.from({ length: stepsPerEpoch * epochs }, (_, step) => step),
          stepsPerEpoch,
          epochs,
        );
        rates.forEach((rate, step) => {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(0.8 + 1e-12);
          if (step > settings.warmUpSteps) expect(rate).toBeLessThanOrEqual((rates[step - 1] ?? 0) + 1e-12);
        });
      },
    ),
  );
});
