import type { TrainingSettings } from '../../native/contract/configuration.ts';
import { stepsOfEpoch, usualSteps } from '../../native/contract/epochSteps.ts';
import { formatCount, plural } from './format.ts';

/** Texts about the training steps of a run. */

/** Below this share of the usual steps, the form adds a hint. */
const fewStepsShare = 0.5;

type Amount = Pick<TrainingSettings, 'batchSize' | 'epochs'>;

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
