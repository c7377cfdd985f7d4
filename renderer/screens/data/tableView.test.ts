import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellOfKey,
  headerHeight,
  leastColumnWidth,
  mostColumnWidth,
  rowHeaderWidth,
  rowHeight,
  TableView,
} from './tableView.svelte.ts';

describe('TableView', () => {
  const view = (rows: number): TableView =>
    Object.assign(new TableView(), { rows, columns: 20, width: 800, height: 600 });

  it('shows the first and the last row at the ends of the scroll bar, for any number of rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 5_000_000 }), (rows) => {
        const table = view(rows);
        table.takeScroll(0, 0);
        expect(table.firstRow).toBe(0);
        table.takeScroll(table.elementHeight - table.height, 0);
        expect(table.lastRow).toBe(rows);
        expect(table.top + 600 - headerHeight).toBeCloseTo(rows * rowHeight, 3);
        expect(table.elementHeight).toBeLessThan(6_001_000);
      }),
    );
  });

  it('gives few columns the available width, and many no less than they need', () => {
    const widths = [2, 5, 20].map((columns) => Object.assign(view(10), { columns }).columnWidth);
    expect(widths).toEqual([mostColumnWidth, Math.floor((800 - rowHeaderWidth) / 5), leastColumnWidth]);
    const five = Object.assign(view(10), { columns: 5 });
    expect(five.elementWidth).toBeLessThanOrEqual(five.width);
    expect(five.lastColumn).toBe(5);
  });

  it('moves by single rows however long the table is', () => {
    const table = view(3_000_000);
    table.takeScroll(3_000_000, 0);
    const before = table.top;
    table.moveBy(rowHeight);
    expect(table.top - before).toBe(rowHeight);
    // The scroll event that follows changes nothing.
    table.takeScroll(table.scrollTop, 0);
    expect(table.top - before).toBe(rowHeight);
  });

  it('keeps the drawn rows until the visible ones, or others nearer to them, have arrived', () => {
    const table = view(10_000);
    const here = new Set<number>();
    const pages = {
      has: (from: number) => here.has(from),
      arrived: undefined as { from: number; to: number } | undefined,
    };
    table.takeScroll(5000 * rowHeight, 0);
    expect(table.replaceRows(pages)).toBe(true);
    expect(table.firstDrawn).toBe(0);
    // Rows that were passed have arrived.
    pages.arrived = { from: 2000, to: 2030 };
    expect(table.replaceRows(pages)).toBe(true);
    expect(table.firstDrawn).toBe(2000);
    here.add(table.firstRow);
    expect(table.replaceRows(pages)).toBe(false);
    expect(table.firstDrawn).toBe(table.firstRow);
    // The rows do not arrive, so placeholders are shown.
    table.takeScroll(8000 * rowHeight, 0);
    expect(table.replaceRows(pages)).toBe(true);
    table.showPlaces();
    expect(table.firstDrawn).toBe(table.firstRow);
    expect(table.replaceRows(pages)).toBe(false);
  });

  it('knows which cells are drawn', () => {
    const table = view(1000);
    expect(table.draws(0, 0)).toBe(true);
    expect(table.draws(-1, 3)).toBe(true);
    expect(table.draws(500, 0)).toBe(false);
    expect(table.draws(0, 19)).toBe(false);
    table.reveal(500, 19);
    table.showPlaces();
    expect(table.draws(500, 19)).toBe(true);
    expect(table.draws(-1, 0)).toBe(false);
  });

  it('reveals a cell with no more movement than it takes', () => {
    const table = view(1000);
    table.reveal(500, 19);
    expect(table.top).toBe(501 * rowHeight - (600 - headerHeight));
    expect(table.lastColumn).toBe(20);
    const { top } = table;
    table.reveal(495, 19);
    expect(table.top).toBe(top);
  });

  it('is walked by keys without leaving it', () => {
    const table = view(100);
    const press = (key: string, row: number, column: number, ctrlKey = false) =>
      cellOfKey({ key, ctrlKey, metaKey: false }, { row, column }, table);
    expect(press('ArrowUp', 0, 3)).toEqual({ row: -1, column: 3 });
    expect(press('ArrowUp', -1, 3)).toEqual({ row: -1, column: 3 });
    expect(press('End', 5, 3, true)).toEqual({ row: 99, column: 19 });
    expect(press('PageDown', 95, 3)).toEqual({ row: 99, column: 3 });
    expect(press('x', 5, 3)).toBeUndefined();
  });
});
