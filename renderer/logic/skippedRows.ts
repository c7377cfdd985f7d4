import { countLeftOut, reasonsText, type LeftOut } from '../../native/contract/rowCounts.ts';
import { formatCount, plural } from './format.ts';

/** One sentence about all rows that were not predicted, since a table with gaps has many reasons. */
export function skippedText(skipped: LeftOut): string {
  const all = `${plural(countLeftOut(skipped), 'row')} without a prediction`;
  const [first] = skipped;
  if (skipped.length === 1 && first !== undefined) return `${all}: ${first.reason}.`;
  return `${all}: ${reasonsText(skipped, formatCount)}.`;
}
