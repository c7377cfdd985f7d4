import { untrack } from 'svelte';
import type { App } from '../../state/app.svelte.ts';
import type { Column } from '../../state/data.svelte.ts';
import { roles, setRole } from '../../logic/roleChoices.ts';
import { cellOfKey, type PlacedColumn, type TableView } from './tableView.svelte.ts';

/** With more columns than this, targets come first: they would be hard to find among 784 pixels. */
const manyColumns = 40;

/** Order of a table's columns, the cell with the keyboard cursor, and its key commands. */
export class TableCursor {
  /** Row index of the cell; -1 is the header. */
  row = $state(-1);
  readonly #app: App;
  readonly #table: TableView;

  /** Indices of the columns that come first. */
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
  /** Place of the selected column. */
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
    // Roles when the table opened: a column must not move under the pointer when its role changes.
    this.#first = new Set(untrack(() => app.data.targets.map(({ index }) => index)));
  }

  /** Selects a visible cell. */
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
