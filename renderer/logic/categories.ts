import type { ColumnSummary } from '../../native/contract/inspection.ts';

interface Category {
  readonly value: string;
  readonly count: number;
}

/** Number of values that fit beside the table. */
const mostShown = 6;

/** The most frequent values of a column, and the numbers of other values and of their rows. */
export function commonCategories(
  { categories = [], distinct, missing }: Pick<ColumnSummary, 'categories' | 'distinct' | 'missing'>,
  rows: number,
): { shown: readonly Category[]; others: { values: number; rows: number } } {
  // One more value takes the same space as the line about the others.
  const shown = categories.slice(0, distinct <= mostShown + 1 ? mostShown + 1 : mostShown);
  const counted = shown.reduce((sum, { count }) => sum + count, 0);
  return { shown, others: { values: distinct - shown.length, rows: rows - missing - counted } };
}
