import {
  countFeatures,
  featureCount,
  missingCategory,
  type DataSchema,
  type ModelInput,
} from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';

/**
 * Encodes raw columns as network inputs. Training, prediction from a run folder and the exported ONNX graph all follow
 * the same rule: a number is rounded to float32 (the graph's input is float32), then scaled.
 */

/** One column of a table: numbers, where NaN means missing, or texts, where null or '' means missing. */
export type RawColumn = Float64Array | readonly (string | null)[];

/** Input columns by name, all with the same number of rows. */
export type RawColumns = ReadonlyMap<string, RawColumn>;

/** Reasons why rows cannot be predicted, and categories that the model does not know. */
export interface InputGaps {
  /** 1 if a row has all its inputs, 0 if it has no prediction: [rows]. */
  readonly usable: Uint8Array;
  /** Reasons for rows without a prediction, with counts; a row counts once, for its first faulty input. */
  readonly skipped: readonly { readonly reason: string; readonly rows: number }[];
  /** Distinct categories that the model has not seen, by column: only columns that have some, at most 100 each. */
  readonly unseen: Readonly<Record<string, readonly string[]>>;
}

const unseenKept = 100;

/** An input's column as numbers; NaN means missing. */
export const numbersOf = (columns: RawColumns, input: ModelInput): Float64Array => {
  const column = columns.get(input.column);
  return column instanceof Float64Array ? column : Float64Array.from(column ?? [], toNumber);
};

/** An input's column as texts; null means missing. */
export const textsOf = (columns: RawColumns, input: ModelInput): readonly (string | null)[] => {
  const column = columns.get(input.column) ?? [];
  return column instanceof Float64Array ? numbersToTexts(column) : column;
};

export const numbersToTexts = (numbers: Float64Array): (string | null)[] =>
  Array.from(numbers, (value) => (Number.isNaN(value) ? null : String(value)));

const toNumber = (text: string | null): number => (text === null || text.trim() === '' ? NaN : Number(text));

/**
 * Scaled feature of a number or of an ordinal code, float32. Number, shift and scale are rounded to float32 first, as
 * in the exported graph. Without that, values near 1000 that vary by 0.01 would differ visibly from the graph's.
 */
export const scaledFeature = (value: number, { shift, scale }: { shift: number; scale: number }): number =>
  Math.fround((Math.fround(value) - Math.fround(shift)) / Math.fround(scale));

/** Number of rows encoded before moving to the next column, so that they stay in the processor's cache. */
const blockRows = 512;

/**
 * Network inputs of rows.
 *
 * @param columns - at least the columns of the schema's inputs
 * @param rows - number of rows of the columns, or the row numbers to encode
 * @returns row-major [rows, features]; a feature without a value (see {@link findGaps}) is NaN
 */
export function encodeRows(schema: DataSchema, columns: RawColumns, rows: number | Int32Array): Float32Array {
  const features = countFeatures(schema.inputs);
  const count = typeof rows === 'number' ? rows : rows.length;
  const chosen = typeof rows === 'number' ? undefined : rows;
  const encoded = new Float32Array(count * features);
  const encoders = schema.inputs.map((input) => ({
    encode: columnEncoder(input, columns, chosen),
    width: featureCount(input),
  }));
  for (let from = 0; from < count; from += blockRows) {
    const to = Math.min(count, from + blockRows);
    let first = 0;
    for (const { encode, width } of encoders) {
      encode(encoded, features, first, from, to);
      first += width;
    }
  }
  return encoded;
}

/** Writes one column's features for rows `from` to `to` (excluded) at `offset` of rows with `width` features. */
type ColumnEncoder = (out: Float32Array, width: number, offset: number, from: number, to: number) => void;

function columnEncoder(input: ModelInput, columns: RawColumns, chosen: Int32Array | undefined): ColumnEncoder {
  if (input.kind === 'one-hot') {
    const codes = codesOf(input, columns);
    return (out, width, offset, from, to) => {
      for (let row = from; row < to; row++) {
        const code = codes[chosen === undefined ? row : (chosen[row] ?? 0)] ?? missingCode;
        if (code >= 0) out[row * width + offset + code] = 1;
        else if (code === missingCode && !input.acceptsMissing) out[row * width + offset] = NaN;
      }
    };
  }
  const values = input.kind === 'number' ? numbersOf(columns, input) : codesOf(input, columns);
  const { fill = NaN } = input;
  return (out, width, offset, from, to) => {
    for (let row = from; row < to; row++) {
      const value = values[chosen === undefined ? row : (chosen[row] ?? 0)] ?? NaN;
      const known = input.kind === 'number' ? !Number.isNaN(value) : value >= 0;
      out[row * width + offset] = scaledFeature(known ? value : fill, input);
    }
  };
}

const unseenCode = -1;
const missingCode = -2;

/** Index of each row's category among the known ones, or one of the negative codes: [rows]. */
function codesOf(input: Exclude<ModelInput, { kind: 'number' }>, columns: RawColumns): Int32Array {
  const texts = textsOf(columns, input);
  const known = categoryCodes(input);
  const codes = new Int32Array(texts.length);
  for (let row = 0; row < codes.length; row++) {
    const text = texts[row];
    codes[row] = known.get(text ?? missingCategory) ?? (isMissing(text) ? missingCode : unseenCode);
  }
  return codes;
}

/**
 * Finds rows without a prediction and categories that the model has not seen. A missing value or an unseen ordinal
 * category, both without a fill, leaves a row without a prediction; an unseen one-hot category is encoded as all zeros.
 *
 * @throws OrthantError `data` if a column of the schema's inputs does not exist
 */
export function findGaps(schema: DataSchema, columns: RawColumns, rows: number): InputGaps {
  const usable = new Uint8Array(rows).fill(1);
  const skipped = new Map<string, number>();
  const unseen = new Map<string, readonly string[]>();
  const skip = (row: number, reason: string): void => {
    if (usable[row] === 0) return;
    usable[row] = 0;
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  };
  const absent = schema.inputs.filter(({ column }) => !columns.has(column)).map(({ column }) => `"${column}"`);
  if (absent.length > 0) {
    throw new OrthantError(
      'data',
      `The table lacks ${absent.length === 1 ? 'the column' : `${absent.length} columns`} ${absent.slice(0, 5).join(', ')} that the model takes as input. Use a table with the columns the model was trained on.`,
    );
  }
  for (const input of schema.inputs) {
    const missing = `no value in column "${input.column}"`;
    if (input.kind === 'number') {
      const values = numbersOf(columns, input);
      for (let row = 0; row < rows; row++) {
        const value = values[row] ?? NaN;
        if (Number.isNaN(value) ? input.fill === undefined : !Number.isFinite(Math.fround(value))) {
          skip(row, Number.isNaN(value) ? missing : `no finite number in column "${input.column}"`);
        }
      }
      continue;
    }
    const texts = textsOf(columns, input);
    const codes = categoryCodes(input);
    const accepts = input.kind === 'one-hot' ? input.acceptsMissing : input.fill !== undefined;
    const unseenTexts = new Set<string>();
    for (let row = 0; row < rows; row++) {
      const text = texts[row];
      if (isMissing(text)) {
        if (!accepts) skip(row, missing);
      } else if (!codes.has(text)) {
        if (unseenTexts.size < unseenKept) unseenTexts.add(text);
        if (input.kind === 'ordinal' && !accepts) skip(row, `a category outside the order of column "${input.column}"`);
      }
    }
    if (unseenTexts.size > 0) unseen.set(input.column, [...unseenTexts]);
  }
  return {
    usable,
    skipped: Array.from(skipped, ([reason, count]) => ({ reason, rows: count })),
    unseen: Object.fromEntries(unseen),
  };
}

const isMissing = (text: string | null | undefined): text is null | undefined | typeof missingCategory =>
  text === null || text === undefined || text === missingCategory;

const categoryCodes = (input: Exclude<ModelInput, { kind: 'number' }>): ReadonlyMap<string, number> =>
  new Map((input.kind === 'one-hot' ? input.categories : input.order).map((category, code) => [category, code]));
