import type { Dialect } from '../contract/configuration.ts';
import type { Inspection, RejectedRow, Warning } from '../contract/table.ts';
import type { Session } from './database.ts';
import type { Excerpt } from './excerpt.ts';
import type { FileFormat } from './fileFormat.ts';

/** What every reader is asked for. */
export interface ReadRequest {
  readonly session: Session;
  /** Absolute. */
  readonly path: string;
  readonly file: FileFormat;
  readonly dialect: Dialect;
  /** The DuckDB table to make. */
  readonly table: string;
  readonly signal: AbortSignal | undefined;
}

export interface StoredColumn {
  readonly name: string;
  readonly stored: 'DOUBLE' | 'VARCHAR';
  /** Whether the file itself says that this text is a date, a truth value, or text that is no number. */
  readonly known?: 'date' | 'boolean' | 'category';
}

/** Row and column of the table, both from 0. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Where a cell's row stands in the file, and its text around the cell where the file is text. */
export interface Place extends Partial<Excerpt> {
  readonly line: number;
}

/**
 * A file as DuckDB holds it, before the types of its text columns are settled: table columns `c0`, `c1`, ... in the
 * file's order, a missing value is NULL, rows in the file's order.
 */
export interface RawTable {
  readonly columns: readonly StoredColumn[];
  readonly rows: number;
  /** Rows that are not in the table. */
  readonly rejectedRows: number;
  /** The first of them. */
  readonly rejected: readonly RejectedRow[];
  /** Where cells stand in the file (a line or a row, as its format counts, from 1), one a row, rows ascending. */
  locate(cells: readonly Cell[]): Promise<readonly Place[]>;
  /** Whether numbers in text columns have a comma for the decimal point, where a column does not show otherwise. */
  readonly decimalComma: boolean;
  /** Whether the person says so of the whole file, so that no column is asked. */
  readonly oneDecimalMark?: boolean;
  readonly dialect?: NonNullable<Inspection['dialect']>;
  readonly warnings: readonly Warning[];
  readonly sha256: string;
}

/** A file of numbered rows without lines, all of which were read. */
export const wholeTable = (table: Pick<RawTable, 'columns' | 'rows' | 'warnings' | 'sha256'>): RawTable => ({
  ...table,
  rejectedRows: 0,
  rejected: [],
  locate: (cells) => Promise.resolve(cells.map(({ row }) => ({ line: row + 1 }))),
  decimalComma: false,
});
