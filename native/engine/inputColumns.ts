import type { DataSchema } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import type { RawColumns } from '../data/encode.ts';
import { readTableColumns } from '../data/readColumns.ts';
import { withTable, type TableRequest } from '../data/table.ts';

export interface InputTable {
  readonly columns: RawColumns;
  readonly rows: number;
  /** Rows of the file that could not be read; `rows` does not count them. */
  readonly rejectedRows: number;
}

/**
 * Reads a model's input columns from a table, with the types that the model needs.
 *
 * @throws OrthantError `data` if the table lacks a column, or has text where the model needs numbers
 */
export async function readInputColumns(
  request: TableRequest,
  schema: DataSchema,
  signal?: AbortSignal,
): Promise<InputTable> {
  const named = (numbers: boolean): Set<string> =>
    new Set(schema.inputs.filter(({ kind }) => (kind === 'number') === numbers).map(({ column }) => column));
  return withTable(
    request,
    async (table, session) => {
      const names = table.columns.map(({ name }) => name);
      const wanted = schema.inputs.map(({ column: name, kind }) => {
        const column = table.columns.find((candidate) => candidate.name === name);
        if (column !== undefined) return { column, as: kind === 'number' ? ('number' as const) : ('text' as const) };
        throw new OrthantError(
          'data',
          `${table.source} has no column "${name}", which the model needs.${didYouMean(name, names)}`,
          { field: 'table' },
        );
      });
      return {
        columns: await readTableColumns(session, table, wanted),
        rows: table.rows,
        rejectedRows: table.rejectedRows,
      };
    },
    { signal, wanted: { text: named(false), number: named(true) } },
  );
}
