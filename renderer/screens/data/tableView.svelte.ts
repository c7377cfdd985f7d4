import type { Column } from '../../state/data.svelte.ts';
import type { TablePages } from '../../state/pages.svelte.ts';

/**
 * Geometry of the table: visible rows and columns, for up to millions of rows.
 *
 * Hand-written, because libraries for long lists only compute the visible rows. They do not cover the rest: heights above
 * a browser's limit (33.5 million CSS pixels in Chromium at 100 %, half of it in Firefox, less when zoomed; a million rows
 * are 26 million), columns outside the view, old rows that stay until new ones arrive, and keys and roles of a grid.
 */

export const rowHeight = 26;
export const leastColumnWidth = 112;
/** Maximum width, so that neighbouring values and names stay close. */
export const mostColumnWidth = 184;
export const rowHeaderWidth = 84;
export const headerHeight = 92;
/** Height in pixels that every browser supports at any zoom; longer tables scroll in proportion. */
const longestElement = 6_000_000;
const overscan = 4;

/** A column and its place in the table, from 0. */
export type PlacedColumn = Column & { readonly place: number };

export class TableView {
  rows = $state(0);
  columns = $state(0);
  width = $state(0);
  height = $state(0);
  /** Scroll position in pixels of the full height. */
  top = $state(0);
  left = $state(0);
  /** Position of the drawn rows; it follows `top` when the rows there have arrived. */
  drawnTop = $state(0);

  /** Few columns fill the available width, which names and dates need. */
  readonly columnWidth = $derived(
    Math.min(
      mostColumnWidth,
      Math.max(leastColumnWidth, Math.floor((this.width - rowHeaderWidth) / Math.max(1, this.columns))),
    ),
  );
  readonly fullHeight = $derived(this.rows * rowHeight);
  /** Height in pixels of the scrolling element. */
  readonly elementHeight = $derived(Math.min(this.fullHeight, longestElement) + headerHeight);
  readonly elementWidth = $derived(this.columns * this.columnWidth + rowHeaderWidth);
  readonly bodyHeight = $derived(Math.max(0, this.height - headerHeight));
  readonly scaled = $derived(this.fullHeight > longestElement);
  readonly largestTop = $derived(Math.max(0, this.fullHeight - this.bodyHeight));
  readonly firstRow = $derived(this.#firstAt(this.top));
  readonly lastRow = $derived(this.#lastAt(this.top));
  readonly firstDrawn = $derived(this.#firstAt(this.drawnTop));
  readonly lastDrawn = $derived(this.#lastAt(this.drawnTop));
  readonly firstColumn = $derived(Math.max(0, Math.floor(this.left / this.columnWidth) - 1));
  readonly lastColumn = $derived(
    Math.min(this.columns, Math.ceil((this.left + this.width - rowHeaderWidth) / this.columnWidth) + 1),
  );
  /** Number of rows that fit completely. */
  readonly pageRows = $derived(Math.max(1, Math.floor(this.bodyHeight / rowHeight)));

  /** Scroll position of the element for `top`. */
  readonly scrollTop = $derived.by(() => {
    if (!this.scaled) return this.top;
    const range = this.elementHeight - this.height;
    return this.largestTop === 0 ? 0 : (this.top / this.largestTop) * range;
  });

  /** The arrived rows that were shown last. */
  #taken: TablePages['arrived'];

  #firstAt(top: number): number {
    return Math.max(0, Math.floor(top / rowHeight) - overscan);
  }

  #lastAt(top: number): number {
    return Math.min(this.rows, Math.ceil((top + this.bodyHeight) / rowHeight) + overscan);
  }

  /**
   * Shows arrived rows. The drawn rows stay until the visible rows, or rows nearer to them, have arrived.
   *
   * @returns whether visible rows are still missing
   */
  replaceRows(pages: Pick<TablePages, 'has' | 'arrived'>): boolean {
    if (this.drawnTop === this.top) return false;
    if (pages.has(this.firstRow, this.lastRow)) {
      this.drawnTop = this.top;
      return false;
    }
    if (pages.arrived !== undefined && pages.arrived !== this.#taken) {
      this.#taken = pages.arrived;
      const { from } = pages.arrived;
      this.drawnTop = Math.min(this.largestTop, (from === 0 ? 0 : from + overscan) * rowHeight);
    }
    return true;
  }

  /** Shows placeholders for visible rows that do not arrive. */
  showPlaces(): void {
    this.drawnTop = this.top;
  }

  /** Whether a cell is rendered; row -1 is the header. */
  draws(row: number, place: number): boolean {
    const column = place >= this.firstColumn && place < this.lastColumn;
    return column && (row < 0 || (row >= this.firstDrawn && row < this.lastDrawn));
  }

  /** Applies a move of the scroll bar. */
  takeScroll(scrollTop: number, scrollLeft: number): void {
    this.left = scrollLeft;
    // In a scaled table the bar is less exact than `top`.
    if (this.scaled && Math.abs(scrollTop - this.scrollTop) < 1) return;
    this.top = this.scaled ? (scrollTop / (this.elementHeight - this.height)) * this.largestTop : scrollTop;
  }

  /** Scrolls by pixels, like a wheel. */
  moveBy(pixels: number): void {
    this.#scrollTo(this.top + pixels);
  }

  /** Scrolls a cell into view. */
  reveal(row: number, column: number): void {
    const above = row * rowHeight;
    if (above < this.top) this.top = above;
    else if (above + rowHeight > this.top + this.bodyHeight)
      this.top = Math.min(this.largestTop, above + rowHeight - this.bodyHeight);
    const before = column * this.columnWidth;
    const room = this.width - rowHeaderWidth;
    if (before < this.left) this.left = before;
    else if (before + this.columnWidth > this.left + room) this.left = before + this.columnWidth - room;
  }

  /** Scrolls a row to the middle of the view. */
  centre(row: number): void {
    this.#scrollTo(row * rowHeight - this.bodyHeight / 2);
  }

  #scrollTo(top: number): void {
    this.top = Math.min(this.largestTop, Math.max(0, top));
  }
}

/** Cell that a key selects from another cell; row -1 is the header. `undefined` for other keys. */
export function cellOfKey(
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  { row, column }: { readonly row: number; readonly column: number },
  { rows, columns, pageRows }: Pick<TableView, 'rows' | 'columns' | 'pageRows'>,
): { row: number; column: number } | undefined {
  const far = ctrlKey || metaKey;
  const places: Partial<Record<string, readonly [row: number, column: number]>> = {
    ArrowDown: [far ? rows : row + 1, column],
    ArrowUp: [far ? 0 : row - 1, column],
    ArrowRight: [row, far ? columns : column + 1],
    ArrowLeft: [row, far ? 0 : column - 1],
    PageDown: [row + pageRows, column],
    PageUp: [row - pageRows, column],
    Home: [far ? 0 : row, 0],
    End: [far ? rows : row, columns],
  };
  const place = places[key];
  if (place === undefined) return undefined;
  return { row: Math.min(rows - 1, Math.max(-1, place[0])), column: Math.min(columns - 1, Math.max(0, place[1])) };
}
