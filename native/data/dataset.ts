import type { DataSchema } from '../contract/dataSchema.ts';
import type { SplitName } from '../contract/results.ts';
import type { Preparation } from '../contract/inspection.ts';
import type { RawColumns } from './encode.ts';

/** The rows of one split, encoded and scaled. */
export interface SplitRows {
  readonly rows: number;
  /** Number of each row (from 0) in the table, as its pages show it: [rows]. Unreadable rows are not numbered. */
  readonly rowNumbers: Int32Array;
  /** Scaled network inputs, row-major: [rows, features]. */
  readonly inputs: Float32Array;
  /** Targets divided by their scale, row-major: [rows, targets]. */
  readonly targets: Float32Array;
}

/** Unencoded rows of one split, kept after the table is closed to check an exported model on them. */
export interface RawRows {
  readonly split: SplitName;
  /** Number of rows: the first ones of the split. */
  readonly rows: number;
  /** The network's input columns: [rows] each. */
  readonly columns: RawColumns;
}

/** A table made ready for training. */
export interface DataSet {
  readonly schema: DataSchema;
  readonly splits: Readonly<Record<SplitName, SplitRows>>;
  /** Rows of the test split; of the validation or training split if there are no test rows. */
  readonly raw: RawRows;
  readonly preparation: Preparation;
  /** The file that was read: its name to show, its hash and size to recognise the same data. */
  readonly source: { readonly source: string; readonly sha256: string; readonly bytes: number };
}
