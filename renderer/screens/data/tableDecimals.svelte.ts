import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { RowsPage } from '../../../native/contract/inspection.ts';
import { cellNumber, mostDecimals } from '../../logic/decimals.ts';
import type { Column } from '../../state/data.svelte.ts';

type Row = RowsPage['rows'][number];

/** Text of a cell; a placeholder while it is fetched. */
export function cellText(value: Row[number] | undefined, { summary }: Column): string {
  if (value === undefined) return '·';
  if (value === null) return 'missing';
  if (typeof value !== 'number') return value;
  return cellNumber(value, Math.max(Math.abs(summary.minimum ?? 0), Math.abs(summary.maximum ?? 0)));
}

/**
 * The largest number of decimals of each column's cells so far. It never shrinks, so that decimal marks do not move
 * while rows scroll.
 */
export class TableDecimals {
  readonly #most = new SvelteMap<number, number>();

  of(column: Column): number {
    return this.#most.get(column.index) ?? 0;
  }

  /** Adds the drawn rows; skips rows that are still fetched. */
  take(columns: readonly Column[], rows: readonly (Row | undefined)[]): void {
    untrack(() => {
      for (const column of columns) {
        const texts = rows.flatMap((row) => {
          const value = row?.[column.index];
          return typeof value === 'number' && !Number.isInteger(value) ? [cellText(value, column)] : [];
        });
        const most = mostDecimals(texts);
        if (most > this.of(column)) this.#most.set(column.index, most);
      }
    });
  }
}
