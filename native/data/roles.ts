import type { ColumnRole } from '../contract/configuration.ts';
import { aggregate, type Session } from './database.ts';
import type { Table, TableColumn } from './table.ts';

/** The role a column gets unless a person says otherwise, and why, where it is not obvious. */
export interface SuggestedRole {
  readonly role: ColumnRole;
  readonly reason?: string;
}

/** More categories than this make more features than they usually tell. */
export const mostCategories = 50;

/** Names of columns that only tell rows apart: "id", "row_id", "index", a nameless first column. */
const namesRows = /(^|[\W_])(id|index|idx|row|nr|no|number)($|[\W_])|^unnamed_/i;

/** What the suggestion rests on. */
export interface ColumnFacts {
  readonly present: number;
  readonly distinct: number;
  /** Whether the values are 0, 1, 2, ... or 1, 2, 3, ... from the first row to the last. */
  readonly countsRows: boolean;
  /** Whether the values are names of splits. */
  readonly namesSplits: boolean;
}

/** Values of a column that says which row is for what. */
export const splitNamesInFiles = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val'],
  test: ['test', 'testing'],
} as const;

const allSplitNames = Object.values(splitNamesInFiles).flat();

/**
 * Suggests a role. Never `target`: what shall be predicted is the person's to say, and a suggestion would be trained on
 * when they forget.
 */
export function suggestRole({ name, type }: TableColumn, facts: ColumnFacts): SuggestedRole {
  if (facts.present === 0) return { role: 'ignore', reason: 'it has no values' };
  if (type === 'date') return { role: 'ignore', reason: 'a date is no number; derive numbers from it to use it' };
  if (facts.namesSplits) return { role: 'ignore', reason: 'it names a split for each row' };
  if (facts.countsRows && namesRows.test(name)) return { role: 'ignore', reason: 'it only counts the rows' };
  if (type === 'category' && facts.distinct > mostCategories) {
    return { role: 'ignore', reason: `${facts.distinct} categories are more than ${mostCategories}` };
  }
  if (type === 'category' && facts.distinct === 1) return { role: 'ignore', reason: 'it has one category only' };
  return { role: 'input' };
}

/** The facts of some columns of a table, in one query. */
export async function columnFacts(
  session: Session,
  table: Table,
  columns: readonly TableColumn[],
): Promise<ColumnFacts[]> {
  if (columns.length === 0) return [];
  const names = allSplitNames.map((name) => `'${name}'`).join(', ');
  const list = columns.flatMap(({ column, type }) =>
    type === 'number'
      ? [
          `count(${column})`,
          '0',
          `coalesce(bool_and(${column} - rowid = 0) OR bool_and(${column} - rowid = 1), false)`,
          'false',
        ]
      : [
          `count(${column})`,
          `count(DISTINCT ${column})`,
          'false',
          `coalesce(bool_and(lower(${column}) IN (${names})), false)`,
        ],
  );
  const row = await aggregate(session, table.sql, list);
  return columns.map((_, at) => {
    const [present, distinct, countsRows, namesSplits] = row.slice(4 * at, 4 * at + 4);
    return {
      present: Number(present),
      distinct: Number(distinct),
      countsRows: countsRows === true && Number(present) === table.rows && table.rows > 2,
      namesSplits: namesSplits === true && Number(distinct) > 1,
    };
  });
}
