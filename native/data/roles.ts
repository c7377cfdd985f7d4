import type { ColumnRole } from '../contract/configuration.ts';
import { aggregate, type Session } from './database.ts';
import type { Table, TableColumn } from './table.ts';

/** The role of a column unless the user chooses another, with a reason if it is not obvious. */
export interface SuggestedRole {
  readonly role: ColumnRole;
  readonly reason?: string;
}

/** A column with more categories makes more features than the information in it usually justifies. */
export const mostCategories = 50;

/** Names of columns that only identify rows: "id", "row_id", "index", an unnamed column. */
const namesRows = /(^|[\W_])(id|index|idx|row|nr|no|number)($|[\W_])|^unnamed_/i;

/** Facts from which a role is suggested. */
export interface ColumnFacts {
  readonly present: number;
  readonly distinct: number;
  /** Whether the name is that of a row identifier and the values count 0, 1, 2, ... or 1, 2, 3, ... in all rows. */
  readonly countsRows: boolean;
  /** Whether the values are names of splits. */
  readonly namesSplits: boolean;
}

export const noFacts: ColumnFacts = { present: 0, distinct: 0, countsRows: false, namesSplits: false };

/** Values of a column that assigns each row to a split. */
export const splitNamesInFiles = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val'],
  test: ['test', 'testing'],
} as const;

const allSplitNames = Object.values(splitNamesInFiles).flat();

/**
 * Suggests a role. Never `target`: only the user knows what to predict, and an overlooked suggestion would be trained.
 */
export function suggestRole({ type }: TableColumn, facts: ColumnFacts): SuggestedRole {
  if (facts.present === 0) return { role: 'ignore', reason: 'it has no values' };
  if (type === 'date') return { role: 'ignore', reason: 'a date is not a number; derive numbers from it to use it' };
  if (facts.namesSplits) return { role: 'ignore', reason: 'it names a split for each row' };
  if (facts.countsRows) return { role: 'ignore', reason: 'it only counts the rows' };
  if (type === 'category' && facts.distinct > mostCategories) {
    const reason =
      facts.distinct === facts.present
        ? 'its values are all different: they only name the rows'
        : `${facts.distinct} categories are more than ${mostCategories}`;
    return { role: 'ignore', reason };
  }
  if (type === 'category' && facts.distinct === 1) return { role: 'ignore', reason: 'it has one category only' };
  return { role: 'input' };
}

/** The facts of some columns of a table, with one query. */
export async function columnFacts(
  session: Session,
  table: Table,
  columns: readonly TableColumn[],
): Promise<ColumnFacts[]> {
  if (columns.length === 0) return [];
  const names = allSplitNames.map((name) => `'${name}'`).join(', ');
  const lists = columns.map(({ name, column, type }) => {
    const present = `count(${column})`;
    if (type !== 'number') return [present, `count(DISTINCT ${column})`, `bool_and(lower(${column}) IN (${names}))`];
    return namesRows.test(name)
      ? [present, `bool_and(${column} - rowid = 0) OR bool_and(${column} - rowid = 1)`]
      : [present];
  });
  const answers = await aggregate(session, table.sql, lists.flat());
  return columns.map(({ type }, at) => {
    const [first, ...others] = answers.splice(0, lists[at]?.length);
    const present = Number(first);
    if (type === 'number') {
      const countsRows = others[0] === true && present === table.rows && table.rows > 2;
      return { present, distinct: 0, countsRows, namesSplits: false };
    }
    const distinct = Number(others[0]);
    return { present, distinct, countsRows: false, namesSplits: others[1] === true && distinct > 1 };
  });
}
