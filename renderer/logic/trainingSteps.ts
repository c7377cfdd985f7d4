import type { TrainingSettings } from '../../native/contract/configuration.ts';
import { formatCount, plural } from './format.ts';

/** Steps of a run: what a network learns by, of which a small table has few in an epoch. */

/** With fewer steps than these a network has seldom learned a table. */
const usual = 2000;
/** Below this share of them it is worth a word. */
const few = 0.5;

type Amount = Pick<TrainingSettings, 'batchSize' | 'epochs'>;

/** @param rows - of the training split */
const stepsOfEpoch = ({ batchSize }: Amount, rows: number): number =>
  batchSize === 0 ? 1 : Math.max(1, Math.ceil(rows / batchSize));

/** What so many epochs are in steps, and whether that is little. */
export function stepsText(training: Amount, rows: number): string {
  const each = stepsOfEpoch(training, rows);
  const all = each * training.epochs;
  const text = `Passes over the training rows: ${plural(each, 'step')} each, ${formatCount(all)} in all.`;
  return all < few * usual ? `${text} That is little: most tables take some thousand steps.` : text;
}

/** Epochs that are worth a try after a run that has learned little. */
export function moreEpochs(training: Amount, rows: number): number {
  const wanted = Math.max(5 * training.epochs, usual / stepsOfEpoch(training, rows));
  const size = 10 ** Math.floor(Math.log10(wanted));
  return Math.min(1_000_000, Math.ceil(wanted / size) * size);
}
