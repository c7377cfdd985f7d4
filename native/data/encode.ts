import { countFeatures, featureCount, type DataSchema, type ModelInput } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';

/**
 * Raw columns as network inputs. Training, prediction from a run folder and the exported ONNX graph all follow what
 * stands here: a number is rounded to float32 (the graph's input is float32), then scaled.
 */

/** One column as a table holds it: numbers with NaN for a missing one, or text with null (or '') for a missing one. */
export type RawColumn = Float64Array | readonly (string | null)[];

/** Input columns by name, all with the same number of rows. */
export type RawColumns = ReadonlyMap<string, RawColumn>;

/** What stands in the way of predicting some rows, and what a person should know of the others. */
export interface InputGaps {
  /** 1 where a row has all its inputs, 0 where it has no prediction: [rows]. */
  readonly usable: Uint8Array;
  /** Why rows have no prediction, with counts; a row counts once, for its first input at fault. */
  readonly skipped: readonly { readonly reason: string; readonly rows: number }[];
  /** Distinct categories the model has never seen, by column; only columns that have some, at most 100 each. */
  readonly unseen: Readonly<Record<string, readonly string[]>>;
}

const unseenKept = 100;

/** Values of an input's column, of the kind that the input takes. */
export const numbersOf = (columns: RawColumns, input: ModelInput): Float64Array => {
  const column = columns.get(input.column);
  return column instanceof Float64Array ? column : Float64Array.from(column ?? [], toNumber);
};

export const textsOf = (columns: RawColumns, input: ModelInput): readonly (string | null)[] => {
  const column = columns.get(input.column) ?? [];
  return column instanceof Float64Array ? numbersToTexts(column) : column;
};

export const numbersToTexts = (numbers: Float64Array): (string | null)[] =>
  Array.from(numbers, (value) => (Number.isNaN(value) ? null : String(value)));

const toNumber = (text: string | null): number => (text === null || text.trim() === '' ? NaN : Number(text));

/**
 * Scaled feature of a number or of an ordinal code, float32. Number, shift and scale are rounded to float32 before, as
 * the exported graph has them: unrounded, values of size 1000 that vary by 0.01 would come out visibly different.
 */
export const scaledFeature = (value: number, { shift, scale }: { shift: number; scale: number }): number =>
  Math.fround((Math.fround(value) - Math.fround(shift)) / Math.fround(scale));

/** Rows encoded one after the other before the next column is looked at, so that they stay in the processor's cache. */
const blockRows = 512;

/**
 * Network inputs of rows.
 *
 * @param columns - at least the columns of the schema's inputs
 * @param rows - how many rows the columns have, or the numbers of those to encode
 * @returns row-major [rows, features]; a feature that has no value (see {@link findGaps}) is NaN
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

/** Writes one column's features of rows `from` to `to` (excluded) at `offset` of rows that are `width` wide. */
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

/** Place of each row's category among the known ones, or one of the negative codes: [rows]. */
function codesOf(input: Exclude<ModelInput, { kind: 'number' }>, columns: RawColumns): Int32Array {
  const texts = textsOf(columns, input);
  const known = categoryCodes(input);
  const codes = new Int32Array(texts.length);
  for (let row = 0; row < codes.length; row++) {
    const text = texts[row];
    codes[row] = isMissing(text) ? missingCode : (known.get(text) ?? unseenCode);
  }
  return codes;
}

/**
 * Rows that have no prediction and categories that the model has not seen. A missing value without a fill and an
 * unseen ordinal category without a fill leave a row without prediction; an unseen one-hot category is all zeros.
 *
 * @throws OrthantError `data` where a column of the schema's inputs is not there
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
    const strange = new Set<string>();
    for (let row = 0; row < rows; row++) {
      const text = texts[row];
      if (isMissing(text)) {
        if (!accepts) skip(row, missing);
      } else if (!codes.has(text)) {
        if (strange.size < unseenKept) strange.add(text);
        if (input.kind === 'ordinal' && !accepts) skip(row, `a category outside the order of column "${input.column}"`);
      }
    }
    if (strange.size > 0) unseen.set(input.column, [...strange]);
  }
  return {
    usable,
    skipped: Array.from(skipped, ([reason, count]) => ({ reason, rows: count })),
    unseen: Object.fromEntries(unseen),
  };
}

const isMissing = (text: string | null | undefined): text is null | undefined | '' =>
  text === null || text === undefined || text === '';

const categoryCodes = (input: Exclude<ModelInput, { kind: 'number' }>): ReadonlyMap<string, number> =>
  new Map((input.kind === 'one-hot' ? input.categories : input.order).map((category, code) => [category, code]));
