import type { RowsPage } from '../../native/contract/inspection.ts';
import type { Answer } from './connection.svelte.ts';

type Row = RowsPage['rows'][number];

/** Cells fetched at once, so that a page of a wide table has fewer rows. */
const cellsPerPage = 4000;
const pagesKept = 240;

interface RowRange {
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/**
 * Rows of a table, fetched in pages when they come into view and dropped when long out of view. Only the current view's
 * rows are fetched: a user who drags the scroll bar does not need the rows that it has passed.
 */
export class TablePages {
  /** Incremented when a page arrives, so that views that read it update. */
  version = $state(0);
  /** The last requested rows that have arrived. */
  arrived = $state.raw<RowRange | undefined>();
  readonly pageSize: number;
  readonly #fetch: (offset: number, limit: number) => Promise<Answer<'rows'>>;
  readonly #pages = new Map<number, readonly Row[]>();
  #wanted: RowRange = { from: 0, to: 0 };
  #total = Infinity;
  #busy = false;

  constructor(columns: number, fetch: (offset: number, limit: number) => Promise<Answer<'rows'>>) {
    this.pageSize = Math.max(10, Math.min(500, Math.floor(cellsPerPage / Math.max(1, columns))));
    this.#fetch = fetch;
  }

  /** The row, or `undefined` while it is fetched. */
  row(index: number): Row | undefined {
    if (this.version < 0) return undefined;
    const page = Math.floor(index / this.pageSize);
    return this.#pages.get(page)?.[index - page * this.pageSize];
  }

  /** Whether all of these rows are loaded. */
  has(from: number, to: number): boolean {
    return this.version >= 0 && this.#missing({ from, to }).length === 0;
  }

  /** Requests these rows, before any others. */
  want(from: number, to: number): void {
    this.#wanted = { from, to };
    for (const page of this.#pagesOf(this.#wanted)) {
      const rows = this.#pages.get(page);
      if (rows === undefined) continue;
      // Move to the end: the first pages are dropped first.
      this.#pages.delete(page);
      this.#pages.set(page, rows);
    }
    if (!this.#busy) void this.#fetchWanted();
  }

  /** One row, fetched if it is not loaded. */
  async get(index: number): Promise<Row | undefined> {
    const here = this.row(index);
    if (here !== undefined) return here;
    return (await this.#fetch(index, 1)).rows[0];
  }

  #pagesOf({ from, to }: RowRange): number[] {
    const first = Math.max(0, Math.floor(from / this.pageSize));
    const end = Math.ceil(Math.min(to, this.#total) / this.pageSize);
    return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
  }

  #missing(range: RowRange): number[] {
    return this.#pagesOf(range).filter((page) => !this.#pages.has(page));
  }

  /** Fetches the rows requested last, then the pages beside them, until nothing is missing. */
  async #fetchWanted(): Promise<void> {
    this.#busy = true;
    try {
      for (;;) {
        const wanted = this.#wanted;
        const missing = this.#missing(wanted);
        if (missing.length > 0) {
          await Promise.all(missing.map((page) => this.#load(page)));
          this.arrived = wanted;
          continue;
        }
        const beside = this.#missing({ from: wanted.from - this.pageSize, to: wanted.to + this.pageSize })[0];
        if (beside === undefined) return;
        await this.#load(beside);
      }
    } catch {
      // The next request for these rows tries again.
    } finally {
      this.#busy = false;
    }
  }

  async #load(page: number): Promise<void> {
    try {
      const answer = await this.#fetch(page * this.pageSize, this.pageSize);
      this.#total = answer.total;
      this.#pages.set(page, answer.rows);
      for (const oldest of this.#pages.keys()) {
        if (this.#pages.size <= pagesKept) break;
        this.#pages.delete(oldest);
      }
    } finally {
      this.version += 1;
    }
  }
}
