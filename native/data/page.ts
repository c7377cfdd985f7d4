import type { RowsPage } from '../contract/table.ts';
import { withTable, type TableRequest } from './table.ts';

/**
 * Rows of a table as it was read: rows that could not be are not among them.
 *
 * @param offset - row number of the first, from 0; beyond the end the page is empty
 */
export function tableRows(
  request: TableRequest,
  offset: number,
  limit: number,
  signal?: AbortSignal,
): Promise<RowsPage> {
  return withTable(
    request,
    async (table, session) => {
      const list = table.columns.map(({ column }) => column).join(', ');
      const rows = await session.rows(
        // By row number, not by OFFSET, which would read all rows before.
        `SELECT ${list} FROM ${table.sql} WHERE rowid >= ${offset} AND rowid < ${offset + limit} ORDER BY rowid`,
      );
      return {
        columns: table.columns.map(({ name }) => name),
        offset,
        rows: rows.map((row) => row.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell))),
        total: table.rows,
      };
    },
    { signal },
  );
}
