import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { EpochMetrics } from '../../native/contract/results.ts';
import type { RunRecord } from '../../native/contract/runs.ts';

/** What may change during a run, and why the rest may not. */

export const activeRunReason =
  'A run is training. Pause it to change its epochs, its learning rate and some settings of its method.';

/** Why the other settings of a paused run stay as they are. */
export const fixedReasons = {
  data: 'The rows are split and scaled already.',
  network: 'The weights have this shape already.',
  method: 'The multipliers belong to this method.',
  optimizer: 'Its moments belong to this optimizer.',
  batchSize: 'The training step was built for this size.',
  seed: 'The first weights have been drawn already.',
} as const;

/** What is in force in a paused run: its configuration with the changes made so far. */
export function settingsInForce(
  configuration: RunConfiguration,
  record: RunRecord | undefined,
  latest: EpochMetrics | undefined,
): { epochs: number; learningRate: number; methodSettings: Record<string, unknown>; epochsDone: number } {
  const changes = record?.changes ?? [];
  return {
    epochs: changes.findLast((change) => change.epochs !== undefined)?.epochs ?? configuration.training.epochs,
    learningRate:
      changes.findLast((change) => change.learningRate !== undefined)?.learningRate ??
      configuration.training.optimizer.learningRate,
    methodSettings: Object.assign(
      {},
      configuration.constraint.method.settings,
      ...changes.map((change) => change.methodSettings ?? {}),
    ) as Record<string, unknown>,
    epochsDone: latest?.epoch ?? 0,
  };
}
