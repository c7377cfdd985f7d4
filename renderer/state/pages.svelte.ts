import type { RowsPage } from '../../native/contract/table.ts';
import type { Answer } from './connection.svelte.ts';

type Row = RowsPage['rows'][number];

/** Cells fetched at once: a page of a wide table has fewer rows. */
const cellsPerPage = 12_000;
const pagesKept = 80;

/** Rows of a table, fetched page by page as they come into view and forgotten when long unseen. */
export class TablePages {
  /** Raised whenever a page arrives: reading it makes a view follow. */
  version = $state(0);
  readonly pageSize: number;
  readonly #fetch: (offset: number, limit: number) => Promise<Answer<'rows'>>;
  readonly #pages = new Map<number, readonly Row[] | 'underway'>();

  constructor(columns: number, fetch: (offset: number, limit: number) => Promise<Answer<'rows'>>) {
    this.pageSize = Math.max(10, Math.min(500, Math.floor(cellsPerPage / Math.max(1, columns))));
    this.#fetch = fetch;
  }

  /** The row, or `undefined` while it is fetched. */
  row(index: number): Row | undefined {
    if (this.version < 0) return undefined;
    const page = Math.floor(index / this.pageSize);
    const rows = this.#pages.get(page);
    return rows === undefined || rows === 'underway' ? undefined : rows[index - page * this.pageSize];
  }

  /** Makes sure that these rows are here or on their way. */
  want(from: number, to: number): void {
    for (let page = Math.floor(from / this.pageSize); page * this.pageSize < to; page += 1) {
      if (page < 0) continue;
      const rows = this.#pages.get(page);
      if (rows !== undefined) {
        // Most recently wanted last: the first ones are forgotten first.
        this.#pages.delete(page);
        this.#pages.set(page, rows);
        continue;
      }
      void this.#load(page);
    }
  }

  /** One row, fetched when it is not here. */
  async get(index: number): Promise<Row | undefined> {
    const here = this.row(index);
    if (here !== undefined) return here;
    return (await this.#fetch(index, 1)).rows[0];
  }

  async #load(page: number): Promise<void> {
    this.#pages.set(page, 'underway');
    try {
      const answer = await this.#fetch(page * this.pageSize, this.pageSize);
      this.#pages.set(page, answer.rows);
      for (const oldest of this.#pages.keys()) {
        if (this.#pages.size <= pagesKept) break;
        this.#pages.delete(oldest);
      }
    } catch {
      // Wanted again, it is tried again.
      this.#pages.delete(page);
    }
    this.version += 1;
  }
}
