import { untrack } from 'svelte';
import type { App } from '../../state/app.svelte.ts';
import type { Column } from '../../state/data.svelte.ts';
import { roles, setRole } from '../../logic/roles.ts';
import { cellOfKey, type PlacedColumn, type TableView } from './tableView.svelte.ts';

/** A table of more columns than these shows its targets first: among 784 pixels nobody would find them. */
const manyColumns = 40;

/** The order in which a table's columns stand, the cell that the keyboard is at, and what its keys do there. */
export class TableCursor {
  /** Row of the cell; -1 is the header. */
  row = $state(-1);
  readonly #app: App;
  readonly #table: TableView;

  /** Numbers of the columns that stand first. */
  readonly #first: ReadonlySet<number>;

  readonly order: readonly Column[] = $derived.by(() => {
    const { columns } = this.#app.data;
    return columns.length > manyColumns
      ? [
          ...columns.filter(({ index }) => this.#first.has(index)),
          ...columns.filter(({ index }) => !this.#first.has(index)),
        ]
      : columns;
  });
  /** Where the column looked at stands. */
  readonly place: number = $derived.by(() =>
    Math.max(
      0,
      this.order.findIndex((column) => column.index === this.#app.view.column),
    ),
  );
  readonly columnsInView: readonly PlacedColumn[] = $derived.by(() => {
    const { firstColumn, lastColumn } = this.#table;
    return this.order
      .slice(firstColumn, lastColumn)
      .map((column, index) => ({ ...column, place: firstColumn + index }));
  });

  constructor(app: App, table: TableView) {
    this.#app = app;
    this.#table = table;
    // As it was found: a column that is given another role stays under the hand that did so.
    this.#first = new Set(untrack(() => app.data.targets.map(({ index }) => index)));
  }

  /** Goes to a cell that is in view. */
  choose(row: number, column: number): void {
    this.row = row;
    if (row >= 0) this.#app.view.row = row + 1;
    this.#app.view.column = column;
  }

  chooseRole(index: number, role: Column['role']): void {
    const { data, document } = this.#app;
    const column = data.columns[index];
    if (column === undefined) return;
    document.change(`make ${column.summary.name} ${role}`, (draft) => {
      setRole(draft, column.summary, role);
    });
  }

  readonly keydown = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    const role = roles.find(({ key }) => key === event.key.toLowerCase());
    if (role !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.chooseRole(this.order[this.place]?.index ?? 0, role.value);
      return;
    }
    const cell = cellOfKey(event, { row: this.row, column: this.place }, this.#table);
    if (cell === undefined) return;
    event.preventDefault();
    this.choose(cell.row, this.order[cell.column]?.index ?? 0);
    this.#table.reveal(Math.max(0, cell.row), cell.column);
  };
}
