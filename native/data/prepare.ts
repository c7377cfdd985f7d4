import { totalmem } from 'node:os';
import type { DataSettings } from '../contract/configuration.ts';
import { featureCount, type DataSchema, type ModelInput } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import { splitNames } from '../contract/results.ts';
import type { Preparation, Warning } from '../contract/table.ts';
import { mostOneHot, useColumns, wantedTypes, type ColumnUse, type InputUse } from './columnUse.ts';
import type { DataSet, SplitRows } from './dataset.ts';
import type { Session } from './database.ts';
import { encodeRows, type RawColumns } from './encode.ts';
import { readTableColumns, type ColumnToRead } from './readColumns.ts';
import { inputScaling, medianOf, spreadOf, type Spread } from './scaling.ts';
import { splitByColumn, splitBySeed, type Split } from './split.ts';
import { withTable, type Table } from './table.ts';

export interface PrepareOptions {
  readonly signal?: AbortSignal;
  /** Takes what is being done, for a person, and the share of the rows that was read. */
  readonly onProgress?: (message: string, share: number) => void;
}

/**
 * Makes a table ready for training: roles, encoding, missing values, split, scaling fitted on the training rows only.
 *
 * @throws OrthantError naming file, row, column and reason where the data cannot be used as asked
 */
export async function prepareDataSet(settings: DataSettings, options: PrepareOptions = {}): Promise<DataSet> {
  const { signal, onProgress } = options;
  return withUsableTable(settings, signal, async (table, session) => {
    const fitted = await fit(session, table, settings, (share) => onProgress?.(`reading ${table.source}`, share));
    const { schema, split, columns } = fitted;
    checkSize(schema, table.rows);
    const splits = {} as Record<(typeof splitNames)[number], SplitRows>;
    for (const name of splitNames) splits[name] = splitRows(schema, columns, split[name]);
    checkFinite(schema, splits, table);
    return {
      schema,
      splits,
      preparation: fitted.preparation,
      source: { source: table.source, sha256: table.sha256, bytes: table.bytes },
    };
  });
}

/** What {@link prepareDataSet} would do, without encoding the rows. */
export async function previewPreparation(settings: DataSettings, options: PrepareOptions = {}): Promise<Preparation> {
  const { signal, onProgress } = options;
  return withUsableTable(settings, signal, async (table, session) => {
    const fitted = await fit(session, table, settings, (share) => onProgress?.(`reading ${table.source}`, share));
    return fitted.preparation;
  });
}

/**
 * Opens the table of the settings. The file is first read as anybody would read it, so that it is read once; only
 * where that contradicts what the settings say of a column's type is it read again with their types.
 */
async function withUsableTable<Result>(
  settings: DataSettings,
  signal: AbortSignal | undefined,
  work: (table: Table, session: Session) => Promise<Result>,
): Promise<Result> {
  const wanted = wantedTypes(settings);
  const plain = { signal };
  const asWanted = { signal, wanted };
  const fits = (table: Table): boolean =>
    !table.rejected.some(({ column }) => column !== undefined && wanted.text.has(column));
  let first: { readonly done: true; readonly result: Result } | undefined;
  try {
    await withTable(
      settings,
      async (table, session) => {
        if (fits(table)) first = { done: true, result: await work(table, session) };
      },
      plain,
    );
  } catch (error) {
    const refused = error instanceof OrthantError && error.field === 'skipBadRows';
    if (!refused || wanted.text.size === 0) throw error;
  }
  return first === undefined ? withTable(settings, work, asWanted) : first.result;
}

interface Fitted {
  readonly schema: DataSchema;
  readonly split: Split;
  readonly columns: RawColumns;
  readonly preparation: Preparation;
}

async function fit(
  session: Session,
  table: Table,
  settings: DataSettings,
  onProgress: (share: number) => void,
): Promise<Fitted> {
  const use = await useColumns(session, table, settings);
  const columns = await readTableColumns(session, table, columnsToRead(use), onProgress);
  const { rows, dropped } = usableRows(table, use, columns, settings.missing);
  if (rows.length === 0) throw nothingLeft(table, dropped);
  checkRange(use, columns, rows, table);
  const split =
    settings.split.by === 'seed'
      ? splitBySeed(rows, settings.split)
      : splitByColumn(rows, textColumn(columns, settings.split.column), settings.split.column);

  const warnings: Warning[] = [...table.warnings, ...use.warnings];
  const constants: string[] = [];
  const inputs = use.inputs.map((input) => {
    const { fitted, constant } = fitInput(input, columns, split, settings);
    if (constant) constants.push(input.column.name);
    if (fitted.kind !== 'number') warnings.push(...unseenWarnings(fitted, columns, split));
    return fitted;
  });
  warnings.push(...constantWarning(constants));
  const features = inputs.reduce((sum, input) => sum + featureCount(input), 0);
  if (features > split.train.length) {
    warnings.push({
      message:
        `There are more input features (${features}) than training rows (${split.train.length}): a network can learn ` +
        'these rows by heart. Watch the validation error, or use fewer columns.',
    });
  }
  const fittedTargets = use.targets.map((target) => fitTarget(target.name, table, columns, split, rows, settings));
  const schema: DataSchema = { inputs, targets: fittedTargets.map(({ name, scale }) => ({ name, scale })) };
  return {
    schema,
    split,
    columns,
    preparation: {
      rowsInFile: table.rows + table.rejectedRows,
      rowsUsed: rows.length,
      dropped,
      split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
      features: inputs.flatMap(featuresOf),
      targets: fittedTargets,
      warnings,
    },
  };
}

const columnsToRead = ({ inputs, targets, split }: ColumnUse): ColumnToRead[] => [
  ...inputs.map(({ column, kind }) => ({ column, as: kind === 'number' ? ('number' as const) : ('text' as const) })),
  ...targets.map((column) => ({ column, as: 'number' as const })),
  ...(split === undefined ? [] : [{ column: split, as: 'text' as const }]),
];

const numberColumn = (columns: RawColumns, name: string): Float64Array => {
  const values = columns.get(name);
  if (!(values instanceof Float64Array)) throw new Error(`Column ${name} was not read as numbers.`);
  return values;
};

const textColumn = (columns: RawColumns, name: string): readonly (string | null)[] => {
  const values = columns.get(name);
  if (values === undefined || values instanceof Float64Array) throw new Error(`Column ${name} was not read as text.`);
  return values;
};

/** Rows with all they need, ascending, and why the others are left out: each for its first missing value. */
function usableRows(
  table: Table,
  use: ColumnUse,
  columns: RawColumns,
  missing: DataSettings['missing'],
): { readonly rows: Int32Array; readonly dropped: { reason: string; rows: number }[] } {
  const dropped = table.rejectedRows === 0 ? [] : [{ reason: 'could not be read', rows: table.rejectedRows }];
  const usable = new Uint8Array(table.rows).fill(1);
  const drop = (name: string, reason: string): void => {
    const values = columns.get(name) ?? [];
    let count = 0;
    for (let row = 0; row < usable.length; row++) {
      const value = values[row];
      if (usable[row] === 1 && (value === null || value === undefined || Number.isNaN(value))) {
        usable[row] = 0;
        count++;
      }
    }
    if (count > 0) dropped.push({ reason, rows: count });
  };
  for (const { name } of use.targets) drop(name, `no value in the target "${name}"`);
  if (use.split !== undefined) drop(use.split.name, `no value in the split column "${use.split.name}"`);
  if (missing === 'drop') {
    for (const { column } of use.inputs) drop(column.name, `no value in the input "${column.name}"`);
  }
  const rows = new Int32Array(usable.reduce((sum, flag) => sum + flag, 0));
  let count = 0;
  for (let row = 0; row < usable.length; row++) if (usable[row] === 1) rows[count++] = row;
  return { rows, dropped };
}

function nothingLeft(table: Table, dropped: readonly { reason: string; rows: number }[]): OrthantError {
  const reasons = dropped.map(({ reason, rows }) => `${rows} with ${reason}`).join(', ');
  return new OrthantError(
    'data',
    `None of the ${table.rows + table.rejectedRows} rows of ${table.source} can be used: ${reasons}. Ignore columns that ` +
      'are mostly empty, or fill missing values with the median (missing: median).',
    { field: 'data.missing' },
  );
}

function fitInput(
  { column: { name }, kind, order }: InputUse,
  columns: RawColumns,
  split: Split,
  settings: DataSettings,
): { readonly fitted: ModelInput; readonly constant: boolean } {
  const fillMissing = settings.missing === 'median';
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
    const fitted = { kind, column: name, categories, acceptsMissing: fillMissing };
    return { fitted, constant: categories.length === 1 && !fillMissing };
  }
  const values = kind === 'number' ? numberColumn(columns, name) : codesOf(name, textColumn(columns, name), order);
  const spread = spreadOf(values, split.train);
  if (spread.present === 0) throw noTrainingValues(name);
  const scaling = inputScaling(spread, settings.scaling.inputs);
  const fill = fillMissing ? { fill: medianOf(values, split.train) } : {};
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

/** Places in the order, NaN for a missing category. */
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

/** Categories that only rows outside training have: the network takes them for none of the known ones. */
function unseenWarnings(input: ModelInput, columns: RawColumns, split: Split): Warning[] {
  if (input.kind !== 'one-hot') return [];
  const known = new Set(input.categories);
  const texts = textColumn(columns, input.column);
  const others = [...distinct(texts, split.validation), ...distinct(texts, split.test)];
  const unseen = [...new Set(others)].filter((text) => !known.has(text)).sort();
  if (unseen.length === 0) return [];
  const list = unseen.slice(0, 5).map((text) => `"${text}"`);
  return [
    {
      column: input.column,
      message:
        `Column "${input.column}" has categories that no training row has: ${list.join(', ')}` +
        `${unseen.length > 5 ? ` and ${unseen.length - 5} more` : ''}. They count as none of the known ones.`,
    },
  ];
}

function constantWarning(names: readonly string[]): Warning[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) {
    return [
      {
        column: first,
        message: `The input "${first}" is the same in all training rows, so it says nothing; it is scaled by 1.`,
      },
    ];
  }
  const list = names.slice(0, 5).map((name) => `"${name}"`);
  return [
    {
      message:
        `${names.length} inputs are the same in all training rows, so they say nothing; they are scaled by 1: ` +
        `${list.join(', ')}${names.length > 5 ? `, ...` : ''}.`,
    },
  ];
}

function fitTarget(
  name: string,
  table: Table,
  columns: RawColumns,
  split: Split,
  rows: Int32Array,
  settings: DataSettings,
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
  const scale = settings.scaling.targets === 'none' ? 1 : training.deviation;
  return { name, scale, minimum: all.minimum, maximum: all.maximum };
}

/** Features as the preview shows them. */
function featuresOf(input: ModelInput): Preparation['features'] {
  if (input.kind === 'one-hot') {
    return input.categories.map((category) => ({
      name: `${input.column} = ${category}`,
      column: input.column,
      shift: 0,
      scale: 1,
    }));
  }
  return [{ name: input.column, column: input.column, shift: input.shift, scale: input.scale }];
}

function splitRows(schema: DataSchema, columns: RawColumns, rowNumbers: Int32Array): SplitRows {
  const rows = rowNumbers.length;
  const targets = new Float32Array(rows * schema.targets.length);
  for (const [output, { name, scale }] of schema.targets.entries()) {
    const values = numberColumn(columns, name);
    for (let row = 0; row < rows; row++) {
      targets[row * schema.targets.length + output] = (values[rowNumbers[row] ?? 0] ?? NaN) / scale;
    }
  }
  return { rows, rowNumbers, inputs: encodeRows(schema, columns, rowNumbers), targets };
}

function checkSize(schema: DataSchema, rows: number): void {
  const features = schema.inputs.reduce((sum, input) => sum + featureCount(input), 0);
  const bytes = 4 * rows * (features + schema.targets.length);
  if (bytes < 0.5 * totalmem()) return;
  throw new OrthantError(
    'data',
    `${rows} rows with ${features} features need ${(bytes / 2 ** 30).toFixed(1)} GiB, more than half of this machine's ` +
      'memory. Use fewer rows, or ignore columns with many categories.',
  );
}

/** Float32 ends at 3.4e38; what goes beyond cannot be trained on. */
function checkRange(use: ColumnUse, columns: RawColumns, rows: Int32Array, table: Table): void {
  const numbers = use.inputs.filter(({ kind }) => kind === 'number').map(({ column }) => column);
  for (const { name } of [...numbers, ...use.targets]) {
    const values = numberColumn(columns, name);
    for (const row of rows) {
      const value = values[row] ?? NaN;
      if (Number.isFinite(Math.fround(value)) || Number.isNaN(value)) continue;
      throw new OrthantError(
        'data',
        `Column "${name}" of ${table.source} is ${value} in data row ${row + 1}, and float32, in which networks compute, ` +
          "ends at 3.4e38. Change the column's unit, or mend the row.",
      );
    }
  }
}

/** Scaling by a deviation of almost nothing can still leave float32's range. */
function checkFinite(schema: DataSchema, splits: DataSet['splits'], table: Table): void {
  const inputNames = schema.inputs.flatMap((input) => featuresOf(input).map(({ column }) => column));
  const targetNames = schema.targets.map(({ name }) => name);
  for (const name of splitNames) {
    const { inputs, targets, rowNumbers } = splits[name];
    checkFiniteValues(inputs, inputNames, rowNumbers, table);
    checkFiniteValues(targets, targetNames, rowNumbers, table);
  }
}

function checkFiniteValues(values: Float32Array, names: readonly string[], rowNumbers: Int32Array, table: Table): void {
  for (let index = 0; index < values.length; index++) {
    // The difference of a number to itself is 0 unless it is infinite or NaN; this is the quick way to ask.
    const value = values[index] ?? 0;
    if (value - value === 0) continue;
    const row = rowNumbers[Math.floor(index / names.length)] ?? 0;
    throw new OrthantError(
      'data',
      `Column "${names[index % names.length] ?? ''}" of ${table.source} leaves the range of float32 when it is scaled ` +
        `(data row ${row + 1}): its values are too small or too close to each other. Change its unit.`,
    );
  }
}
