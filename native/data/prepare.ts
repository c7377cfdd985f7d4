import { totalmem } from 'node:os';
import { gibibytes } from '../base/figures.ts';
import type { DataSettings } from '../contract/configuration.ts';
import { countFeatures, type DataSchema } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import { splitNames } from '../contract/results.ts';
import type { Preparation, Warning } from '../contract/inspection.ts';
import { useColumns, wantedTypes, type ColumnUse } from './columnUse.ts';
import type { DataSet, RawRows, SplitRows } from './dataset.ts';
import type { Session } from './database.ts';
import { encodeRows, type RawColumn, type RawColumns } from './encode.ts';
import { readTableColumns, type ColumnToRead } from './readColumns.ts';
import {
  constantWarning,
  featuresOf,
  fitInput,
  fitTarget,
  numberColumn,
  textColumn,
  unseenWarnings,
} from './fitColumns.ts';
import { splitByColumn, splitBySeed, type Split } from './split.ts';
import { withTable, type Table } from './table.ts';
import { usableRows } from './usableRows.ts';

/**
 * Prepares a table for training: roles, encoding, missing values, split, scaling fitted on the training rows only.
 *
 * @throws OrthantError naming file, row, column and reason if the data cannot be used as requested
 */
export async function prepareDataSet(settings: DataSettings, signal?: AbortSignal): Promise<DataSet> {
  return withUsableTable(settings, signal, async (table, session) => {
    const fitted = await fit(session, table, settings);
    const { schema, split, columns } = fitted;
    checkSize(schema, table.rows);
    const splits = {} as Record<(typeof splitNames)[number], SplitRows>;
    for (const name of splitNames) splits[name] = splitRows(schema, columns, split[name]);
    checkFinite(schema, splits, table);
    return {
      schema,
      splits,
      raw: rawRows(schema, columns, split),
      preparation: fitted.preparation,
      source: { source: table.source, sha256: table.sha256, bytes: table.bytes },
    };
  });
}

/** Previews {@link prepareDataSet} without encoding the rows. */
export async function previewPreparation(settings: DataSettings, signal?: AbortSignal): Promise<Preparation> {
  return withUsableTable(settings, signal, async (table, session) => {
    const { preparation } = await fit(session, table, settings);
    return preparation;
  });
}

/**
 * Opens the table of the settings. It is first opened with the types found in the file, because that table is usually
 * open already. Only if a type contradicts the settings is the file read again with the types of the settings.
 */
async function withUsableTable<Result>(
  settings: DataSettings,
  signal: AbortSignal | undefined,
  work: (table: Table, session: Session) => Promise<Result>,
): Promise<Result> {
  const wanted = wantedTypes(settings);
  const first = await withTable(
    settings,
    async (table, session) => {
      const contradicted = table.rejected.some(({ column }) => column !== undefined && wanted.text.has(column));
      return contradicted ? undefined : { result: await work(table, session) };
    },
    { signal },
  ).catch((error: unknown) => {
    if (error instanceof OrthantError && error.field === 'skipBadRows' && wanted.text.size > 0) return undefined;
    throw error;
  });
  return first === undefined ? withTable(settings, work, { signal, wanted }) : first.result;
}

interface Fitted {
  readonly schema: DataSchema;
  readonly split: Split;
  readonly columns: RawColumns;
  readonly preparation: Preparation;
}

async function fit(session: Session, table: Table, asked: DataSettings): Promise<Fitted> {
  const use = await useColumns(session, table, asked);
  const columns = await readTableColumns(session, table, columnsToRead(use));
  const { rows, missing, dropped, warnings: ofRows } = usableRows(table, use, columns, asked.missing);
  const settings = { ...asked, missing };
  checkRange(use, columns, rows, table);
  const split =
    settings.split.by === 'seed'
      ? splitBySeed(rows, settings.split)
      : splitByColumn(rows, textColumn(columns, settings.split.column), settings.split.column);

  const warnings: Warning[] = [...table.warnings, ...use.warnings, ...ofRows];
  const constants: string[] = [];
  const inputs = use.inputs.map((input) => {
    const { fitted, constant } = fitInput(input, columns, split, settings);
    if (constant) constants.push(input.column.name);
    if (fitted.kind !== 'number') warnings.push(...unseenWarnings(fitted, columns, split, settings));
    return fitted;
  });
  warnings.push(...constantWarning(constants));
  const features = countFeatures(inputs);
  if (features > split.train.length) {
    warnings.push({
      message:
        `There are more input features (${features}) than training rows (${split.train.length}): a network can memorise ` +
        'these rows. Watch the validation error, or use fewer columns.',
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
      missing,
      dropped: [...dropped],
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

/** An exported model is checked on at most this many rows. */
const mostRawRows = 10_000;

function rawRows({ inputs }: DataSchema, columns: RawColumns, split: Split): RawRows {
  const name = [...splitNames].reverse().find((each) => split[each].length > 0) ?? 'train';
  const rows = split[name].subarray(0, mostRawRows);
  const picked = inputs.map(({ column }) => [column, pick(columns.get(column) ?? [], rows)] as const);
  return { split: name, rows: rows.length, columns: new Map(picked) };
}

const pick = (column: RawColumn, rows: Int32Array): RawColumn =>
  column instanceof Float64Array
    ? Float64Array.from(rows, (row) => column[row] ?? NaN)
    : Array.from(rows, (row) => column[row] ?? null);

function checkSize(schema: DataSchema, rows: number): void {
  const features = countFeatures(schema.inputs);
  const bytes = 4 * rows * (features + schema.targets.length);
  if (bytes < 0.5 * totalmem()) return;
  throw new OrthantError(
    'data',
    `${rows} rows with ${features} features need ${gibibytes(bytes)}, more than half of this machine's ` +
      'memory. Use fewer rows, or ignore columns with many categories.',
  );
}

/** Refuses values beyond the range of float32 (3.4e38), in which networks compute. */
function checkRange(use: ColumnUse, columns: RawColumns, rows: Int32Array, table: Table): void {
  const numbers = use.inputs.filter(({ kind }) => kind === 'number').map(({ column }) => column);
  for (const { name } of [...numbers, ...use.targets]) {
    const values = numberColumn(columns, name);
    for (const row of rows) {
      const value = values[row] ?? NaN;
      if (Number.isFinite(Math.fround(value)) || Number.isNaN(value)) continue;
      throw new OrthantError(
        'data',
        `Column "${name}" of ${table.source} is ${value} in data row ${row + 1}, beyond the range of float32 (3.4e38), in ` +
          "which networks compute. Change the column's unit, or fix the row.",
      );
    }
  }
}

/** Refuses values that scaling by a tiny deviation moves out of the range of float32. */
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
    // Faster than Number.isFinite: a number minus itself is 0 unless it is infinite or NaN.
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
