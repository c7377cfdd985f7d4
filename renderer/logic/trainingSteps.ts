import type { TrainingSettings } from '../../native/contract/configuration.ts';
import { stepsOfEpoch, usualSteps } from '../../native/contract/epochSteps.ts';
import { formatCount, plural } from './format.ts';

/** Texts about the training steps of a run. */

/** Below this share of the usual steps, the form adds a hint. */
const fewStepsShare = 0.5;

type Amount = Pick<TrainingSettings, 'batchSize' | 'epochs'>;

/**
 * Text about the steps of the chosen epochs, who chose them, and whether they are few.
 *
 * @param rows - number of rows of the training split
 * @param byRows - whether the number of rows sets the epochs
 */
export function stepsText(training: Amount, rows: number, byRows: boolean): string {
  const each = stepsOfEpoch(training, rows);
  const all = each * training.epochs;
  const text = `Passes over the training rows: ${plural(each, 'step')} each, ${formatCount(all)} in all.`;
  if (byRows) return `${text} The number of rows sets the epochs until you do.`;
  return all < fewStepsShare * usualSteps ? `${text} That is little: most tables take some thousand steps.` : text;
}
