import type { Histogram } from '../contract/inspection.ts';
import { requireColumn } from './columnUse.ts';
import type { Session } from './database.ts';
import { mostCategories } from './roles.ts';
import { withTable, type Table, type TableColumn, type TableRequest } from './table.ts';

/**
 * Histogram of a column. Numbers: bins of equal width; each includes its lower edge, the last also its upper edge.
 * Other types: one bar per category, the most frequent first, the rest summed up in a last bar.
 *
 * @throws OrthantError `data` if the column does not exist
 */
export function columnHistogram(
  request: TableRequest,
  name: string,
  bins: number,
  signal?: AbortSignal,
): Promise<Histogram> {
  return withTable(
    request,
    async (table, session) => {
      const found = requireColumn(name, table, 'column');
      const { column } = found;
      const [[present = 0, low = null, high = null] = []] = await session.rows(
        found.type === 'number'
          ? `SELECT count(${column}), min(${column}), max(${column}) FROM ${table.sql}`
          : `SELECT count(${column}), NULL, NULL FROM ${table.sql}`,
      );
      const missing = table.rows - Number(present);
      if (found.type !== 'number') {
        const values = await frequentValues(session, table, found);
        const labels = values.map(({ value }) => value);
        const counts = values.map(({ count }) => count);
        const others = Number(present) - counts.reduce((sum, count) => sum + count, 0);
        if (others > 0) {
          labels.push('(others)');
          counts.push(others);
        }
        return { column: name, edges: [], counts, labels, missing };
      }
      if (low === null || high === null) return { column: name, edges: [], counts: [], missing };
      const edges = binEdges(Number(low), Number(high), bins);
      const last = edges.length - 2;
      const [start = 0] = edges;
      const width = ((edges.at(-1) ?? 0) - start) / (last + 1);
      const rows = await session.rows(
        `SELECT least(greatest(floor((${column} - ${number(start)}) / ${number(width)}), 0), ${last}) AS bin, count(*) ` +
          `FROM ${table.sql} WHERE ${column} IS NOT NULL GROUP BY bin`,
      );
      const counts = edges.slice(1).map(() => 0);
      for (const [bin, count] of rows) counts[Number(bin)] = Number(count);
      return { column: name, edges, counts, missing };
    },
    { signal },
  );
}

/** The most frequent values. */
export async function frequentValues(
  session: Session,
  table: Table,
  { column }: TableColumn,
): Promise<{ value: string; count: number }[]> {
  const rows = await session.rows(
    `SELECT ${column}, count(*) AS rows FROM ${table.sql} WHERE ${column} IS NOT NULL ` +
      `GROUP BY ${column} ORDER BY rows DESC, ${column} LIMIT ${mostCategories}`,
  );
  return rows.map(([value, count]) => ({ value: String(value), count: Number(count) }));
}

/** Edges of the bins. A single value gets one bin around it. */
function binEdges(low: number, high: number, bins: number): number[] {
  if (low === high) {
    const half = low === 0 ? 0.5 : Math.abs(low) / 2;
    return [low - half, high + half];
  }
  // Divide before subtracting: the width of a range over nearly all float64 numbers would overflow.
  const width = high / bins - low / bins;
  return Array.from({ length: bins + 1 }, (_, index) => (index === bins ? high : low + index * width));
}

const number = (value: number): string => `CAST('${value}' AS DOUBLE)`;
