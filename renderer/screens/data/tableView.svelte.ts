import type { Column } from '../../state/data.svelte.ts';
import type { TablePages } from '../../state/pages.svelte.ts';

/** Geometry of the table: which rows and columns are in view, for a million rows as for ten. */

export const rowHeight = 26;
export const leastColumnWidth = 112;
/** A column wider than this has its value and its name too far apart from the next one's. */
export const mostColumnWidth = 184;
export const rowHeaderWidth = 84;
export const headerHeight = 92;
/** Browsers cut elements of more pixels than this off: a longer table scrolls in proportion. */
const longestElement = 6_000_000;
const overscan = 4;

/** A column and where it stands in the table, counted from 0. */
export type PlacedColumn = Column & { readonly place: number };

export class TableView {
  rows = $state(0);
  columns = $state(0);
  width = $state(0);
  height = $state(0);
  /** Pixels scrolled, as if the table were as high as all its rows. */
  top = $state(0);
  left = $state(0);
  /** What is drawn: it follows `top` when the rows there have come. */
  drawnTop = $state(0);

  /** Few columns take what room there is: names and dates need it. */
  readonly columnWidth = $derived(
    Math.min(
      mostColumnWidth,
      Math.max(leastColumnWidth, Math.floor((this.width - rowHeaderWidth) / Math.max(1, this.columns))),
    ),
  );
  readonly fullHeight = $derived(this.rows * rowHeight);
  /** Height of the element that scrolls. */
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
  /** Rows that fit without being cut. */
  readonly pageRows = $derived(Math.max(1, Math.floor(this.bodyHeight / rowHeight)));

  /** Where the element's scroll bar stands for `top`. */
  readonly scrollTop = $derived.by(() => {
    if (!this.scaled) return this.top;
    const range = this.elementHeight - this.height;
    return this.largestTop === 0 ? 0 : (this.top / this.largestTop) * range;
  });

  /** The rows that came last and took their place. */
  #taken: TablePages['arrived'];

  #firstAt(top: number): number {
    return Math.max(0, Math.floor(top / rowHeight) - overscan);
  }

  #lastAt(top: number): number {
    return Math.min(this.rows, Math.ceil((top + this.bodyHeight) / rowHeight) + overscan);
  }

  /**
   * Lets rows that have come take their place. What is drawn stays until the rows in view are here, or others nearer to
   * them than those drawn.
   *
   * @returns whether rows in view are still waited for
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

  /** Shows the places of the rows in view, which do not come. */
  showPlaces(): void {
    this.drawnTop = this.top;
  }

  /** Whether a cell is among those drawn; row -1 is the header. */
  draws(row: number, place: number): boolean {
    const column = place >= this.firstColumn && place < this.lastColumn;
    return column && (row < 0 || (row >= this.firstDrawn && row < this.lastDrawn));
  }

  /** The scroll bar was moved. */
  takeScroll(scrollTop: number, scrollLeft: number): void {
    this.left = scrollLeft;
    // What the bar cannot say exactly in a scaled table is known better already.
    if (this.scaled && Math.abs(scrollTop - this.scrollTop) < 1) return;
    this.top = this.scaled ? (scrollTop / (this.elementHeight - this.height)) * this.largestTop : scrollTop;
  }

  /** Moves by pixels, as a wheel does. */
  moveBy(pixels: number): void {
    this.top = Math.min(this.largestTop, Math.max(0, this.top + pixels));
  }

  /** Brings a cell into view. */
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

  /** Brings a row to the middle of the view. */
  centre(row: number): void {
    this.top = Math.min(this.largestTop, Math.max(0, row * rowHeight - this.bodyHeight / 2));
  }
}

/** Where a key leads from a cell; row -1 is the header. `undefined` for other keys. */
export function cellOfKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  cell: { readonly row: number; readonly column: number },
  table: Pick<TableView, 'rows' | 'columns' | 'pageRows'>,
): { row: number; column: number } | undefined {
  const { row, column } = cell;
  const far = event.ctrlKey || event.metaKey;
  const to = (nextRow: number, nextColumn: number): { row: number; column: number } => ({
    row: Math.min(table.rows - 1, Math.max(-1, nextRow)),
    column: Math.min(table.columns - 1, Math.max(0, nextColumn)),
  });
  switch (event.key) {
    case 'ArrowDown':
      return far ? to(table.rows - 1, column) : to(row + 1, column);
    case 'ArrowUp':
      return far ? to(0, column) : to(row - 1, column);
    case 'ArrowRight':
      return far ? to(row, table.columns - 1) : to(row, column + 1);
    case 'ArrowLeft':
      return far ? to(row, 0) : to(row, column - 1);
    case 'PageDown':
      return to(row + table.pageRows, column);
    case 'PageUp':
      return to(row - table.pageRows, column);
    case 'Home':
      return far ? to(0, 0) : to(row, 0);
    case 'End':
      return far ? to(table.rows - 1, table.columns - 1) : to(row, table.columns - 1);
    default:
      return undefined;
  }
}
