import type { Dialect } from '../contract/configuration.ts';
import type { Inspection, RejectedRow, Warning } from '../contract/inspection.ts';
import type { Session } from './database.ts';
import type { Excerpt } from './excerpt.ts';
import type { FileFormat } from './fileFormat.ts';

/** Request to a reader: the file and the table to create from it. */
export interface ReadRequest {
  readonly session: Session;
  /** Absolute path. */
  readonly path: string;
  readonly file: FileFormat;
  readonly dialect: Dialect;
  /** Name of the DuckDB table to create. */
  readonly table: string;
  readonly signal: AbortSignal | undefined;
}

export interface StoredColumn {
  readonly name: string;
  readonly stored: 'DOUBLE' | 'VARCHAR';
  /** Type of a text column, if the file itself declares it: dates, booleans, or text that is not numbers. */
  readonly known?: 'date' | 'boolean' | 'category';
}

/** Row and column of the table, both from 0. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Position of a cell's row in the file, and the text around the cell if the file is text. */
export interface Place extends Partial<Excerpt> {
  readonly line: number;
}

/**
 * A file read into DuckDB, before the types of its text columns are decided: table columns `c0`, `c1`, ... and rows in
 * the file's order; a missing value is NULL.
 */
export interface RawTable {
  readonly columns: readonly StoredColumn[];
  readonly rows: number;
  /** Number of rows that were left out of the table. */
  readonly rejectedRows: number;
  /** The first rejected rows. */
  readonly rejected: readonly RejectedRow[];
  /** Positions of cells in the file (a line or a row, by the format, from 1). One cell per row, rows ascending. */
  locate(cells: readonly Cell[]): Promise<readonly Place[]>;
  /** Whether numbers in text columns have a decimal comma, unless a column clearly has a decimal point. */
  readonly decimalComma: boolean;
  /** Whether the user chose the decimal mark of the whole file, so that columns are not examined. */
  readonly oneDecimalMark?: boolean;
  readonly dialect?: NonNullable<Inspection['dialect']>;
  readonly warnings: readonly Warning[];
  readonly sha256: string;
}

/** The table of a file that has numbered rows instead of lines, all of which were read. */
export const wholeTable = (table: Pick<RawTable, 'columns' | 'rows' | 'warnings' | 'sha256'>): RawTable => ({
  ...table,
  rejectedRows: 0,
  rejected: [],
  locate: (cells) => Promise.resolve(cells.map(({ row }) => ({ line: row + 1 }))),
  decimalComma: false,
});
