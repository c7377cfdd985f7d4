import type { Range } from '../logic/chartData.ts';
import type { Page } from '../logic/steps.ts';

/** The current page, tab, dialog and selection; none of it changes a configuration or a run. */
export class View {
  page = $state<Page>('start');
  dialog = $state<'help' | 'paste' | 'engine' | undefined>();
  /** Epoch under the cursor in any chart; all charts show their values there. */
  hover = $state<number | undefined>();
  /** Visible range of epochs; `undefined` shows all. */
  zoom = $state.raw<Range | undefined>();
  /** Tab of the Data page. */
  dataTab = $state<'table' | 'pictures' | 'problems'>('table');
  /** Index of the selected column; `undefined` in a table just opened. */
  column = $state<number | undefined>();
  /** Number of the selected row, from 1. */
  row = $state(1);
  /** Incremented to scroll the table to `row`. */
  reveal = $state(0);
  /** Whether to scroll to the settings for reading the file. */
  reading = $state(false);
  /** Tab of the Result page. */
  resultTab = $state<'evidence' | 'predict'>('evidence');
  comparing = $state(false);

  /** Shows another table from the top. */
  showTable(): void {
    this.dataTab = 'table';
    this.column = undefined;
    this.row = 1;
    this.reveal = 0;
  }

  /** Opens the settings for reading the file. */
  showReading(): void {
    this.page = 'data';
    this.reading = true;
  }

  /** Shows a row of the table, by its number from 1. */
  showRow(row: number): void {
    this.row = row;
    this.dataTab = 'table';
    this.page = 'data';
    this.reveal += 1;
  }
}
