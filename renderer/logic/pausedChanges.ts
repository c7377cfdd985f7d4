import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { PausedChange } from '../../native/contract/runRecord.ts';
import type { DescribedSetting } from '../../native/contract/describedSetting.ts';

/** Settings that can change during a run, and why others cannot. */

export const activeRunReason =
  'A run is training. Pause it to change its epochs, its learning rate and some settings of its method.';

/** Why settings of the Train step are fixed in a paused run, by prefix of their paths. */
const fixedReasons: Readonly<Record<string, string>> = {
  'training.batchSize': 'The training step was built for this size.',
  'training.loss': 'The training step was built with this loss.',
  'training.tweediePower': 'The training step was built with it.',
  'training.optimizer': 'Its moments belong to this optimizer.',
  'training.schedule': 'It runs from the first step to the last; the learning rate itself can be changed.',
  'training.seed': 'The first weights have been drawn already.',
  'training.gradientClip': 'The training step was built with it.',
  'training.weightDecay': 'The training step was built with it.',
  'training.earlyStopping': 'It has been counting since the first epoch.',
  runtime: 'The training process was started with it.',
};

/** Why a setting cannot change in a paused run; `undefined` if it can. */
export function fixedReason({ path, changeable }: DescribedSetting): string | undefined {
  if (changeable) return undefined;
  return Object.entries(fixedReasons).find(([start]) => path.startsWith(start))?.[1] ?? 'Fixed when the run began.';
}

/** Why settings of the earlier steps are fixed in a paused run. */
export const fixedWhilePaused = {
  data: 'The rows are split and scaled already.',
  network: 'The weights have this shape already.',
  method: 'The multipliers belong to this method.',
} as const;

/** A configuration with changes applied in order. */
export function withChanges(configuration: RunConfiguration, changes: readonly PausedChange[]): RunConfiguration {
  const changed = structuredClone(configuration);
  for (const { epochs, learningRate, methodSettings } of changes) {
    changed.training.epochs = epochs ?? changed.training.epochs;
    changed.training.optimizer.learningRate = learningRate ?? changed.training.optimizer.learningRate;
    changed.constraint.method.settings = { ...changed.constraint.method.settings, ...methodSettings };
  }
  return changed;
}

/** The change for a paused run that turns `now` into `wanted`; empty if they are equal. */
export function changeBetween(now: RunConfiguration, wanted: RunConfiguration): PausedChange {
  const { epochs, optimizer } = wanted.training;
  const before = now.constraint.method.settings;
  const settings = Object.entries(wanted.constraint.method.settings).filter(([name, value]) => value !== before[name]);
  return {
    ...(epochs === now.training.epochs || epochs === 'auto' ? {} : { epochs }),
    ...(optimizer.learningRate === now.training.optimizer.learningRate ? {} : { learningRate: optimizer.learningRate }),
    ...(settings.length === 0 ? {} : { methodSettings: Object.fromEntries(settings) }),
  };
}
