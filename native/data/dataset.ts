import type { DataSchema } from '../contract/dataSchema.ts';
import type { SplitName } from '../contract/results.ts';
import type { Preparation } from '../contract/table.ts';

/** Zeros on memory that threads share, so that another one can gather rows while this one trains. */
export const sharedFloats = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));

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

/** A table made ready for training. */
export interface DataSet {
  readonly schema: DataSchema;
  readonly splits: Readonly<Record<SplitName, SplitRows>>;
  readonly preparation: Preparation;
  /** What was read: for a person, and to recognise the same data again. */
  readonly source: { readonly source: string; readonly sha256: string; readonly bytes: number };
}
