import type { ColumnRole, RunConfiguration } from '../../native/contract/configuration.ts';
import type { ColumnSummary } from '../../native/contract/inspection.ts';

export const roles: readonly { readonly value: ColumnRole; readonly label: string; readonly key: string }[] = [
  { value: 'input', label: 'Input', key: 'i' },
  { value: 'target', label: 'Target', key: 't' },
  { value: 'ignore', label: 'Ignore', key: 'x' },
];

export const roleLabel = (role: ColumnRole): string => roles.find((known) => known.value === role)?.label ?? role;

/** The role after a click on a column's role. */
export const nextRole = (role: ColumnRole): ColumnRole =>
  role === 'input' ? 'target' : role === 'target' ? 'ignore' : 'input';

/** Sets a column's role and keeps its encoding. */
export function setRole(draft: RunConfiguration, column: ColumnSummary, role: ColumnRole): void {
  draft.data.columns[column.name] = { ...draft.data.columns[column.name], role };
}

/** Sets the encoding of a categorical input; ordinal encoding gets an initial order. */
export function setEncoding(
  draft: RunConfiguration,
  column: ColumnSummary,
  role: ColumnRole,
  encoding: 'one-hot' | 'ordinal',
): void {
  if (encoding === 'one-hot') {
    draft.data.columns[column.name] = { role, encoding };
    return;
  }
  const order =
    draft.data.columns[column.name]?.order ??
    (column.categories ?? [])
      .map((category) => category.value)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  draft.data.columns[column.name] = { role, encoding, order };
}
