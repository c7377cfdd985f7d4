import type { ScheduleSettings } from '../contract/configuration.ts';

/** Position of a step in a run. */
export interface SchedulePosition {
  /** Number of earlier steps. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
}

/**
 * Learning rate of one step.
 *
 * Warm-up rises linearly over the first `warmUpSteps` steps, (step + 1) / warmUpSteps of the way. After it: constant;
 * `base * factor^floor(epoch / everyEpochs)`; or half a cosine from `base` down to `base * final` at the last step
 * (Loshchilov & Hutter, SGDR, 2017, without restarts).
 *
 * @param base - the optimizer's learning rate
 */
export function learningRateAt(schedule: ScheduleSettings, base: number, position: SchedulePosition): number {
  const { step, stepsPerEpoch, epochs } = position;
  if (step < schedule.warmUpSteps) return (base * (step + 1)) / schedule.warmUpSteps;
  switch (schedule.id) {
    case 'constant':
      return base;
    case 'step':
      return base * schedule.factor ** Math.floor(step / stepsPerEpoch / schedule.everyEpochs);
    case 'cosine': {
      const steps = Math.max(1, epochs * stepsPerEpoch - 1 - schedule.warmUpSteps);
      const done = Math.min(1, (step - schedule.warmUpSteps) / steps);
      return base * (schedule.final + ((1 - schedule.final) * (1 + Math.cos(Math.PI * done))) / 2);
    }
  }
}
