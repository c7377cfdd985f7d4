import type { TrainingSettings } from '../../native/contract/configuration.ts';
import { limits } from '../../native/contract/limits.ts';
import { roundEpochs, stepsOfEpoch, usualSteps } from '../../native/contract/epochSteps.ts';
import { formatCount, plural } from './format.ts';

/** Texts about the training steps of a run. */

/** Below this share of the usual steps, the form adds a hint. */
const fewStepsShare = 0.5;

type Amount = Pick<TrainingSettings, 'batchSize' | 'epochs'>;
type KnownAmount = Amount & { readonly epochs: number };

/**
 * Text about the steps of the epochs, and whether they are few.
 *
 * @param rows - number of rows of the training split
 */
export function stepsText(training: Amount, rows: number): string {
  const each = stepsOfEpoch(training, rows);
  const eachText = `Passes over the training rows: ${plural(each, 'step')} each`;
  if (training.epochs === 'auto') return `${eachText}.`;
  const all = each * training.epochs;
  const text = `${eachText}, ${formatCount(all)} in all.`;
  return all < fewStepsShare * usualSteps ? `${text} That is little: most tables take some thousand steps.` : text;
}

/** Suggested epochs after a run that learned little. */
export const moreEpochs = (training: KnownAmount, rows: number): number =>
  Math.min(limits.epochs, roundEpochs(Math.max(5 * training.epochs, usualSteps / stepsOfEpoch(training, rows))));
