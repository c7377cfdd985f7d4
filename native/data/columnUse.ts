import type { ColumnRole, ColumnSettings, DataSettings } from '../contract/configuration.ts';
import { firstOnes, quoted } from '../base/lists.ts';
import { OrthantError } from '../contract/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import type { Warning } from '../contract/inspection.ts';
import type { Session } from './database.ts';
import { columnFacts, noFacts, suggestRole } from './roles.ts';
import type { Table, TableColumn } from './table.ts';
import type { WantedTypes } from './types.ts';

/** The use of each column of a table. */
export interface ColumnUse {
  readonly inputs: readonly InputUse[];
  readonly targets: readonly TableColumn[];
  /** The column that assigns each row to a split. */
  readonly split: TableColumn | undefined;
  readonly warnings: readonly Warning[];
}

export interface InputUse {
  readonly column: TableColumn;
  readonly kind: 'number' | 'one-hot' | 'ordinal';
  readonly order: readonly string[];
}

/** A column that gives more features than this is a mistake. */
export const mostOneHot = 1000;

/** Columns whose cells need not be numbers, since the settings ignore or encode them. */
export function wantedTypes({ columns }: Pick<DataSettings, 'columns'>): WantedTypes {
  const named = Object.entries(columns);
  const text = named.filter(
    ([, { role, encoding }]) => role === 'ignore' || (role === 'input' && encoding !== undefined),
  );
  return { text: new Set(text.map(([name]) => name)), number: new Set() };
}

/**
 * Gives each column its role: the one in the settings, else the suggested one.
 *
 * @throws OrthantError `data` if a named column does not exist, no column is a target or an input, or a column cannot
 *   be used as requested
 */
export async function useColumns(session: Session, table: Table, settings: DataSettings): Promise<ColumnUse> {
  const names = table.columns.map(({ name }) => name);
  for (const name of Object.keys(settings.columns)) requireColumn(name, table, `data.columns.${name}`);
  const splitName = settings.split.by === 'column' ? settings.split.column : undefined;
  if (splitName !== undefined) requireColumn(splitName, table, 'data.split.column');

  const open = table.columns.filter(({ name }) => !Object.hasOwn(settings.columns, name) && name !== splitName);
  const facts = await columnFacts(session, table, open);
  const suggested = new Map(
    open.map((column, index) => {
      return [column.name, suggestRole(column, facts[index] ?? noFacts)];
    }),
  );
  const roleOf = ({ name }: TableColumn): ColumnRole => {
    const given = Object.hasOwn(settings.columns, name) ? settings.columns[name] : undefined;
    return given?.role ?? suggested.get(name)?.role ?? 'ignore';
  };
  const targets = table.columns.filter((column) => roleOf(column) === 'target');
  const inputs = table.columns.filter((column) => roleOf(column) === 'input');
  if (targets.length === 0) {
    throw new OrthantError(
      'data',
      `No column of ${table.source} is a target. Choose at least one column to predict; the columns are ` +
        `${firstOnes(names.map(quoted), { most: 12 })}.`,
      { field: 'data.columns' },
    );
  }
  for (const target of targets) await checkTargetColumn(session, table, target, splitName);
  if (inputs.length === 0) {
    const reasons = [...suggested].flatMap(([name, { reason }]) =>
      reason === undefined ? [] : [`"${name}": ${reason}`],
    );
    throw new OrthantError(
      'data',
      `No column of ${table.source} is an input${reasons.length > 0 ? ` (${reasons.slice(0, 5).join('; ')})` : ''}. ` +
        'Give at least one column the role "input".',
      { field: 'data.columns' },
    );
  }
  const warnings = [...suggested].flatMap(([column, { role, reason }]): Warning[] =>
    role === 'ignore' && reason !== undefined
      ? [{ column, message: `Column "${column}" is not used: ${reason}. Give it the role "input" to use it.` }]
      : [],
  );
  return {
    inputs: inputs.map((column) => inputUse(column, settings.columns[column.name], splitName)),
    targets,
    split: table.columns.find(({ name }) => name === splitName),
    warnings,
  };
}

/** @throws OrthantError `data` if the table has no column of this name; the message suggests a similar name */
export function requireColumn(name: string, table: Table, field: string): TableColumn {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const names = table.columns.map((candidate) => candidate.name);
  throw new OrthantError(
    'data',
    `${table.source} has no column "${name}".${didYouMean(name, names)} Its columns are ${firstOnes(names.map(quoted), { most: 12 })}.`,
    { field },
  );
}

async function checkTargetColumn(
  session: Session,
  table: Table,
  { name, type, column }: TableColumn,
  splitName: string | undefined,
): Promise<void> {
  const field = `data.columns.${name}.role`;
  if (name === splitName) {
    throw new OrthantError('data', `Column "${name}" cannot be both the target and the split.`, { field });
  }
  if (type === 'number' || type === 'boolean') return;
  const [[count = 0, row = 0, text = ''] = []] = await session.rows(
    `SELECT count(*), min(rowid), arg_min(${column}, rowid) FROM ${table.sql} ` +
      `WHERE ${column} IS NOT NULL AND TRY_CAST(${column} AS DOUBLE) IS NULL`,
  );
  throw new OrthantError(
    'data',
    `The target "${name}" of ${table.source} holds ${type === 'date' ? 'dates' : 'text'} in ${Number(count)} of ` +
      `${table.rows} rows, first "${String(text).slice(0, 40)}" in data row ${Number(row) + 1}, and a network predicts ` +
      'numbers. Choose a column of numbers, or turn these values into numbers.',
    { field },
  );
}

function inputUse(column: TableColumn, settings: ColumnSettings | undefined, splitName: string | undefined): InputUse {
  const { name, type } = column;
  const field = `data.columns.${name}`;
  if (name === splitName) {
    throw new OrthantError('data', `Column "${name}" cannot be both an input and the split.`, { field });
  }
  const { encoding, order } = settings ?? {};
  if (type === 'date' && encoding === undefined) {
    throw new OrthantError(
      'data',
      `The input "${name}" holds dates. Derive numbers from it (year, month, days since the first), or ignore it.`,
      { field },
    );
  }
  if (encoding === 'ordinal') {
    if (order === undefined || order.length === 0) {
      throw new OrthantError(
        'data',
        `Column "${name}" is to be encoded by order, but no order is given. List its categories from lowest to highest.`,
        { field: `${field}.order` },
      );
    }
    const twice = order.find((value, index) => order.indexOf(value) !== index);
    if (twice !== undefined) {
      throw new OrthantError('data', `The order of column "${name}" names "${twice}" twice.`, {
        field: `${field}.order`,
      });
    }
    return { column, kind: 'ordinal', order };
  }
  const kind = encoding ?? (type === 'category' ? 'one-hot' : 'number');
  return { column, kind, order: [] };
}
