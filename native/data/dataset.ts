import type { DataSchema } from '../contract/dataSchema.ts';
import type { SplitName } from '../contract/results.ts';
import type { Preparation } from '../contract/table.ts';
import type { RawColumns } from './encode.ts';

/** The rows of one split, encoded and scaled. */
export interface SplitRows {
  readonly rows: number;
  /** Row number (from 0) in the table, as its pages show it, of each row: [rows]. Rows left out as unreadable do not count. */
  readonly rowNumbers: Int32Array;
  /** Scaled network inputs, row-major: [rows, features]. */
  readonly inputs: Float32Array;
  /** Targets divided by their scale, row-major: [rows, targets]. */
  readonly targets: Float32Array;
}

/** Rows of one split as they stand in the table, which is not kept: an exported model is tried on them. */
export interface RawRows {
  readonly split: SplitName;
  /** The first so many of the split. */
  readonly rows: number;
  /** The network's input columns: [rows] each. */
  readonly columns: RawColumns;
}

/** A table made ready for training. */
export interface DataSet {
  readonly schema: DataSchema;
  readonly splits: Readonly<Record<SplitName, SplitRows>>;
  /** Of the test split; of the validation or training split, where there are no test rows. */
  readonly raw: RawRows;
  readonly preparation: Preparation;
  /** What was read: for a person, and to recognise the same data again. */
  readonly source: { readonly source: string; readonly sha256: string; readonly bytes: number };
}
