import type { SettledConfiguration } from '../contract/configuration.ts';
import { missingCategory, type ModelInput } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import { firstOnes, quoted } from '../base/lists.ts';
import { smallestNormal } from '../base/float32.ts';
import type { Preparation, Warning } from '../contract/inspection.ts';
import { mostOneHot, type InputUse } from './columnUse.ts';
import type { RawColumns } from './encode.ts';
import { missingPolicies } from './missing.ts';
import { inputScaling, spreadOf, targetScales, type Spread } from './scaling.ts';
import type { Split } from './split.ts';
import type { Table } from './table.ts';

/** Fits each column to the training rows: encoding, scaling, fill and warnings. */

/** A column that was read as numbers, where NaN means missing: [rows of the table]. */
export const numberColumn = (columns: RawColumns, name: string): Float64Array => {
  const values = columns.get(name);
  if (!(values instanceof Float64Array)) throw new Error(`Column ${name} was not read as numbers.`);
  return values;
};

/** A column that was read as text, where null means missing: [rows of the table]. */
export const textColumn = (columns: RawColumns, name: string): readonly (string | null)[] => {
  const values = columns.get(name);
  if (values === undefined || values instanceof Float64Array) throw new Error(`Column ${name} was not read as text.`);
  return values;
};

/**
 * Encoding, scaling and fill of an input, from the training rows alone.
 *
 * @returns `constant` is true if all training rows have the same value, so that the input carries no information
 * @throws OrthantError `data` if no training row has a value, there are too many categories, or the order lacks one
 */
export function fitInput(
  { column: { name }, kind, order }: InputUse,
  columns: RawColumns,
  split: Split,
  settings: SettledConfiguration['data'],
): { readonly fitted: ModelInput; readonly constant: boolean } {
  const { fill: fillOf, category } = missingPolicies[settings.missing];
  if (kind === 'one-hot') {
    const texts = textColumn(columns, name);
    const categories = distinct(texts, split.train).sort();
    if (categories.length > mostOneHot) {
      throw new OrthantError(
        'data',
        `Column "${name}" has ${categories.length} categories; at most ${mostOneHot} can become one feature each. ` +
          'Ignore it, group its categories, or give them an order.',
        { field: `data.columns.${name}` },
      );
    }
    if (categories.length === 0) throw noTrainingValues(name);
    if (category === 'own' && hasGap(texts, split.train)) categories.unshift(missingCategory);
    const fitted = { kind, column: name, categories, acceptsMissing: category !== 'leave-out' };
    return { fitted, constant: categories.length === 1 && category !== 'none' };
  }
  const values = kind === 'number' ? numberColumn(columns, name) : codesOf(name, textColumn(columns, name), order);
  const spread = spreadOf(values, split.train);
  if (spread.present === 0) throw noTrainingValues(name);
  const scaling = inputScaling(spread, settings.scaling.inputs);
  const fill = fillOf === undefined ? {} : { fill: fillOf(values, split.train) };
  return {
    fitted:
      kind === 'number'
        ? { kind, column: name, ...scaling, ...fill }
        : { kind, column: name, order: [...order], ...scaling, ...fill },
    constant: spread.constant,
  };
}

const noTrainingValues = (name: string): OrthantError =>
  new OrthantError('data', `The input "${name}" has no value in any training row. Ignore it.`, {
    field: `data.columns.${name}`,
  });

function distinct(texts: readonly (string | null)[], rows: Int32Array): string[] {
  const found = new Set<string>();
  for (const row of rows) {
    const text = texts[row];
    if (text !== null && text !== undefined) found.add(text);
  }
  return [...found];
}

const hasGap = (texts: readonly (string | null)[], rows: Int32Array): boolean =>
  rows.some((row) => (texts[row] ?? null) === null);

/** Index of each category in the order, NaN for a missing category. */
function codesOf(name: string, texts: readonly (string | null)[], order: readonly string[]): Float64Array {
  const places = new Map(order.map((category, code) => [category, code]));
  return Float64Array.from(texts, (text, row) => {
    if (text === null) return NaN;
    const code = places.get(text);
    if (code !== undefined) return code;
    throw new OrthantError(
      'data',
      `Column "${name}" holds "${text}" (data row ${row + 1}), which its order does not name: ${order.join(', ')}. ` +
        'Add it to the order.',
      { field: `data.columns.${name}.order` },
    );
  });
}

/** Warns of categories that only rows outside training have: they are encoded as none of the known ones. */
export function unseenWarnings(
  input: ModelInput,
  columns: RawColumns,
  split: Split,
  { missing }: Pick<SettledConfiguration['data'], 'missing'>,
): Warning[] {
  if (input.kind !== 'one-hot') return [];
  const known = new Set(input.categories);
  const texts = textColumn(columns, input.column);
  const others = [split.validation, split.test].flatMap((rows) => [
    ...distinct(texts, rows),
    ...(missingPolicies[missing].category === 'own' && hasGap(texts, rows) ? [missingCategory] : []),
  ]);
  const unseen = [...new Set(others)].filter((text) => !known.has(text)).sort();
  if (unseen.length === 0) return [];
  return [
    {
      column: input.column,
      message:
        `Column "${input.column}" has categories that no training row has: ${firstOnes(unseen.map(named))}. ` +
        'They are treated as unknown.',
    },
  ];
}

/** Warns that these inputs carry no information. */
export function constantWarning(names: readonly string[]): Warning[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) {
    return [
      {
        column: first,
        topic: 'constant',
        message: `The input "${first}" is the same in all training rows, so it carries no information; it is scaled by 1.`,
      },
    ];
  }
  const list = names.slice(0, 5).map((name) => `"${name}"`);
  return [
    {
      topic: 'constant',
      message:
        `${names.length} inputs are the same in all training rows, so they carry no information; they are scaled by 1: ` +
        `${list.join(', ')}${names.length > 5 ? ' and others' : ''}.`,
    },
  ];
}

/**
 * Scale of a target, from the training rows alone, and the range of its values over all `rows`, in the target's units.
 *
 * @throws OrthantError `data` if all training rows are the same, or differ by less than float32 can represent
 */
export function fitTarget(
  name: string,
  table: Table,
  columns: RawColumns,
  split: Split,
  rows: Int32Array,
  settings: SettledConfiguration['data'],
): Preparation['targets'][number] {
  const values = numberColumn(columns, name);
  const training: Spread = spreadOf(values, split.train);
  if (training.constant) {
    throw new OrthantError(
      'data',
      `The target "${name}" of ${table.source} is ${training.minimum} in all ${split.train.length} training rows, so ` +
        'there is nothing to learn. Choose another target, or more varied rows.',
      { field: `data.columns.${name}.role` },
    );
  }
  const all = spreadOf(values, rows);
  const scale = targetScales[settings.scaling.targets](training.deviation);
  if (scale < smallestNormal) {
    throw new OrthantError(
      'data',
      `The target "${name}" of ${table.source} has a standard deviation of ${scale} over its training rows, below the ` +
        "range of float32 (1.2e-38), in which networks compute. Change the column's unit.",
      { field: `data.columns.${name}.role` },
    );
  }
  return { name, scale, minimum: all.minimum, maximum: all.maximum };
}

/** A category as messages show it. */
const named = (category: string): string => (category === missingCategory ? '(missing)' : quoted(category));

/** Features as the preview shows them. */
export function featuresOf(input: ModelInput): Preparation['features'] {
  if (input.kind === 'one-hot') {
    return input.categories.map((category) => ({
      name: `${input.column} = ${category === missingCategory ? '(missing)' : category}`,
      column: input.column,
      shift: 0,
      scale: 1,
    }));
  }
  return [{ name: input.column, column: input.column, shift: input.shift, scale: input.scale }];
}
