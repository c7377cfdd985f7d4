import { formatCount, plural } from './format.ts';

/** One sentence about all rows that were not predicted, since a table with gaps has many reasons. */
export function skippedText(skipped: readonly { readonly reason: string; readonly rows: number }[]): string {
  const all = skipped.reduce((sum, { rows }) => sum + rows, 0);
  const [first] = skipped;
  if (skipped.length === 1 && first !== undefined)
    return `${plural(all, 'row')} without a prediction: ${first.reason}.`;
  const each = skipped.map(({ reason, rows }) => `${formatCount(rows)} with ${reason}`);
  return `${plural(all, 'row')} without a prediction: ${each.join(', ')}.`;
}
