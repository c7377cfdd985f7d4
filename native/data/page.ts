import type { RowsPage } from '../contract/inspection.ts';
import { withTable, type TableRequest } from './table.ts';

/**
 * Rows of a table, without the rows that could not be read.
 *
 * @param offset - number of the first row, from 0; beyond the end the page is empty
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
        // By row number, because OFFSET would read all earlier rows.
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
