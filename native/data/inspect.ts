import type { ColumnSummary, Inspection } from '../contract/inspection.ts';
import { aggregate, type Session, type SqlValue } from './database.ts';
import { frequentValues } from './histogram.ts';
import { columnFacts, noFacts, suggestRole } from './roles.ts';
import { withTable, type Table, type TableColumn, type TableRequest } from './table.ts';

/** Number of cells summarised by one query: medians and distinct counts keep all values of their columns in memory. */
const cellsAtOnce = 4_000_000;
/** Above this many rows, distinct counts are estimated and quantiles use about this many rows, always the same ones. */
const exactRows = 200_000;
const levels = [0.05, 0.25, 0.5, 0.75, 0.95];

/**
 * Describes a file: dialect, rows, and each column's type, range, quantiles and suggested role.
 *
 * @throws OrthantError as {@link withTable}
 */
export function inspectTable(request: TableRequest, signal?: AbortSignal): Promise<Inspection> {
  return withTable(
    request,
    async (table, session) => {
      const columns: ColumnSummary[] = [];
      const columnsAtOnce = Math.max(1, Math.min(50, Math.floor(cellsAtOnce / table.rows)));
      for (let from = 0; from < table.columns.length; from += columnsAtOnce) {
        columns.push(...(await summarise(session, table, table.columns.slice(from, from + columnsAtOnce))));
      }
      return {
        source: table.source,
        format: table.format,
        compressed: table.compressed,
        bytes: table.bytes,
        rows: table.rows,
        rejectedRows: table.rejectedRows,
        rejected: [...table.rejected],
        ...(table.dialect === undefined ? {} : { dialect: table.dialect }),
        columns,
        warnings: [...table.warnings, ...tableWarnings(table, columns)],
      };
    },
    { signal },
  );
}

async function summarise(session: Session, table: Table, columns: readonly TableColumn[]): Promise<ColumnSummary[]> {
  const facts = await columnFacts(session, table, columns);
  const numbers = await numberSummaries(
    session,
    table,
    columns.filter(({ type }) => type === 'number'),
  );
  const summaries: ColumnSummary[] = [];
  for (const [index, column] of columns.entries()) {
    const fact = facts[index] ?? noFacts;
    const number = numbers.get(column);
    const { role, reason } = suggestRole(column, fact);
    summaries.push({
      name: column.name,
      type: column.type,
      missing: table.rows - fact.present,
      distinct: fact.distinct,
      suggestedRole: role,
      ...(reason === undefined ? {} : { suggestion: reason }),
      ...number,
      ...(column.type === 'category' ? { categories: await frequentValues(session, table, column) } : {}),
    });
  }
  return summaries;
}

type NumberSummary = Pick<
  ColumnSummary,
  'distinct' | 'minimum' | 'maximum' | 'mean' | 'standardDeviation' | 'quantiles' | 'negativeShare'
>;

async function numberSummaries(
  session: Session,
  table: Table,
  columns: readonly TableColumn[],
): Promise<Map<TableColumn, NumberSummary>> {
  const summaries = new Map<TableColumn, NumberSummary>();
  if (columns.length === 0) return summaries;
  const distinctOf = (column: string): string =>
    table.rows > exactRows ? `approx_count_distinct(${column})` : `count(DISTINCT ${column})`;
  // Choose rows by a hash of their number: every n-th row might coincide with a period in the data.
  const someRows = table.rows > exactRows ? ` FILTER (hash(rowid) % ${Math.round(table.rows / exactRows)} = 0)` : '';
  const list = columns.flatMap(({ column }) => [
    distinctOf(column),
    `min(${column})`,
    `max(${column})`,
    `favg(${column})`,
    `stddev_pop(${column})`,
    `count(*) FILTER (${column} < 0) / nullif(count(${column}), 0)`,
    `quantile_cont(${column}, [${levels.join(', ')}])${someRows}`,
  ]);
  const row = await aggregate(session, table.sql, list);
  const width = list.length / columns.length;
  for (const [index, column] of columns.entries()) {
    const cells = row.slice(width * index, width * (index + 1));
    if (cells[1] === null) continue;
    const [distinct = 0, minimum = 0, maximum = 0, mean = 0, standardDeviation = 0, negativeShare = 0] = cells
      .slice(0, -1)
      .map(Number);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = JSON.parse(
      String(cells.at(-1) ?? (await exactQuantiles(session, table, column))),
    ) as number[];
    summaries.set(column, {
      distinct: Math.min(distinct, table.rows),
      minimum,
      maximum,
      mean,
      standardDeviation,
      quantiles: [a, b, c, d, e],
      negativeShare,
    });
  }
  return summaries;
}

/** Quantiles over all rows, for a column whose chosen rows have no values. */
async function exactQuantiles(session: Session, table: Table, { column }: TableColumn): Promise<SqlValue | undefined> {
  const [row] = await session.rows(`SELECT quantile_cont(${column}, [${levels.join(', ')}]) FROM ${table.sql}`);
  return row?.[0];
}

function tableWarnings(table: Table, columns: readonly ColumnSummary[]): Inspection['warnings'] {
  const warnings: Inspection['warnings'] = [];
  const constant = columns
    .filter(({ distinct, missing }) => distinct === 1 && missing < table.rows)
    .map(({ name }) => name);
  if (constant.length > 0) {
    const list = constant.slice(0, 5).map((name) => `"${name}"`);
    warnings.push({
      message: `${constant.length === 1 ? 'Column' : `${constant.length} columns`} ${list.join(', ')}${
        constant.length > 5 ? ', ...' : ''
      } ${constant.length === 1 ? 'has' : 'have'} the same value in all rows.`,
      topic: 'constant',
      ...(constant.length === 1 ? { column: constant[0] } : {}),
    });
  }
  if (columns.length > table.rows) {
    warnings.push({ message: `There are more columns (${columns.length}) than rows (${table.rows}).` });
  }
  return warnings;
}
