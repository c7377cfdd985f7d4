import type { Range } from '../logic/chartData.ts';
import type { Page } from '../logic/steps.ts';

/** What is looked at: nothing here changes a configuration or a run. */
export class View {
  page = $state<Page>('start');
  dialog = $state<'help' | 'paste' | 'engine' | undefined>();
  /** Epoch under the cursor in any chart; all charts read it out. */
  hover = $state<number | undefined>();
  /** Epochs in view; `undefined` shows all. */
  zoom = $state.raw<Range | undefined>();
  /** Tab of the Data page. */
  dataTab = $state<'table' | 'pictures' | 'problems'>('table');
  /** Column looked at, by its number; none yet in a table just opened. */
  column = $state<number | undefined>();
  /** Number of the row looked at, from 1. */
  row = $state(1);
  /** Raised when the table is to bring `row` into view. */
  reveal = $state(0);
  /** Whether the settings of how the file is read are to be brought into view. */
  reading = $state(false);
  /** Page of the Result step. */
  resultTab = $state<'evidence' | 'predict'>('evidence');
  comparing = $state(false);

  /** Begins at the top of another table. */
  lookAtTable(): void {
    this.dataTab = 'table';
    this.column = undefined;
    this.row = 1;
    this.reveal = 0;
  }

  /** Goes to the settings of how the file is read. */
  showReading(): void {
    this.page = 'data';
    this.reading = true;
  }

  /** Goes to a row of the table, by its number. */
  showRow(row: number): void {
    this.row = row;
    this.dataTab = 'table';
    this.page = 'data';
    this.reveal += 1;
  }
}
