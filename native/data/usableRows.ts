import { missingValues } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { Preparation, Warning } from '../contract/inspection.ts';
import {
  countLeftOut,
  leftOutText,
  reasonsText,
  unreadable,
  type LeftOut,
  type RowCounts,
} from '../contract/rowCounts.ts';
import type { ColumnUse, InputUse } from './columnUse.ts';
import type { RawColumns } from './encode.ts';
import { missingPolicies, missingRule, smallShare, type MissingChoice } from './missing.ts';
import { describeRejected, type Table } from './table.ts';

/** The rows of a table that have all they need. */
export interface UsableRows {
  /** Their numbers, ascending. */
  readonly rows: Int32Array;
  /** The treatment of missing inputs: as asked, or chosen for this table. */
  readonly missing: MissingChoice;
  /** Reasons for leaving the others out, with counts. */
  readonly dropped: LeftOut;
  readonly warnings: readonly Warning[];
}

/**
 * Finds the rows with a target, a split and, where the choice demands it, all inputs.
 *
 * @throws OrthantError `data` if no row is left
 */
export function usableRows(
  table: Table,
  use: ColumnUse,
  columns: RawColumns,
  asked: MissingChoice | 'auto',
): UsableRows {
  const kept = new Uint8Array(table.rows).fill(1);
  const dropped = table.rejectedRows === 0 ? [] : [{ reason: unreadable, rows: table.rejectedRows }];
  const leaveOut = (name: string, what: string): boolean => {
    const rows = removeGaps(kept, columns, name);
    if (rows > 0) dropped.push({ reason: `no value in the ${what} "${name}"`, rows });
    return rows > 0;
  };
  for (const { name } of use.targets) leaveOut(name, 'target');
  if (use.split !== undefined) leaveOut(use.split.name, 'split column');
  const missing = asked === 'auto' ? chooseMissing(kept, use, columns) : asked;
  const lost = neededInputs(use, missing).filter(({ column }) => leaveOut(column.name, 'input'));
  const rows = numbersOf(kept);
  const remedy = lost.length === 0 ? '' : ` ${remedyFor(lost)}`;
  if (rows.length === 0) throw nothingLeft(table, dropped, remedy);
  return { rows, missing, dropped, warnings: [...rejectedWarning(table), ...leftOutWarning(table, dropped, remedy)] };
}

/** @param kept - 1 for a row that has its targets: [rows] */
function chooseMissing(kept: Uint8Array, use: ColumnUse, columns: RawColumns): MissingChoice {
  const complete = kept.slice();
  for (const { column } of neededInputs(use, 'own-category')) removeGaps(complete, columns, column.name);
  return missingRule({ rows: countKept(kept), complete: countKept(complete) });
}

const countKept = (kept: Uint8Array): number => kept.reduce((sum, flag) => sum + flag, 0);

/** The inputs without which a row is left out. */
function neededInputs({ inputs }: ColumnUse, missing: MissingChoice): InputUse[] {
  const { fill, category } = missingPolicies[missing];
  return inputs.filter(({ kind }) => (kind === 'one-hot' ? category === 'leave-out' : fill === undefined));
}

/** Takes away the rows whose value in this column is missing, and counts them. */
function removeGaps(kept: Uint8Array, columns: RawColumns, name: string): number {
  const values = columns.get(name) ?? [];
  let removed = 0;
  for (let row = 0; row < kept.length; row++) {
    const value = values[row];
    if (kept[row] === 1 && (value === null || value === undefined || Number.isNaN(value))) {
      kept[row] = 0;
      removed++;
    }
  }
  return removed;
}

function numbersOf(kept: Uint8Array): Int32Array {
  const rows = new Int32Array(countKept(kept));
  let count = 0;
  for (let row = 0; row < kept.length; row++) if (kept[row] === 1) rows[count++] = row;
  return rows;
}

/** One sentence: the choice that keeps rows without these inputs. */
function remedyFor(lost: readonly InputUse[]): string {
  const choice = lost.every(({ kind }) => kind === 'one-hot') ? 'own-category' : 'median-own-category';
  return `To keep rows without an input, choose "${missingValues[choice].title}" (--missing ${choice}).`;
}

/** Warns of rows that could not be read, naming the first ones. */
function rejectedWarning(table: Table): Warning[] {
  const { rejectedRows: rows, rows: read, source } = table;
  if (rows === 0) return [];
  const many = `${rows} of ${read + rows} rows in ${source}`;
  const message = `${many} ${unreadable} and ${rows === 1 ? 'was' : 'were'} left out: ${describeRejected(table)}`;
  return [{ topic: 'unreadable', message }];
}

/** Warns if many of a file's rows are left out, and not only for the reason of {@link rejectedWarning}. */
function leftOutWarning(table: Table, dropped: LeftOut, remedy: string): Warning[] {
  const file = table.rows + table.rejectedRows;
  const count = countLeftOut(dropped);
  if (count <= smallShare * file || dropped.every(({ reason }) => reason === unreadable)) return [];
  return [{ message: `${leftOutText({ file, dropped })}${remedy}` }];
}

const nothingLeft = (table: Table, dropped: LeftOut, remedy: string): OrthantError =>
  new OrthantError(
    'data',
    `None of the ${table.rows + table.rejectedRows} rows of ${table.source} can be used: ${reasonsText(dropped)}. ` +
      `Ignore columns that are mostly empty.${remedy}`,
    { field: 'data.missing' },
  );

/** The counts of a preparation, for a run's result. */
export const rowCounts = ({ rowsInFile, rowsUsed, dropped }: Preparation): RowCounts => ({
  file: rowsInFile,
  used: rowsUsed,
  dropped,
});
