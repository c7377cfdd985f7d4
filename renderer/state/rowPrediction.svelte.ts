import type { ModelInput } from '../../native/contract/dataSchema.ts';
import { OrthantError, toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import { joinValues, knownCategories, modelRow, splitValues, startText } from '../logic/modelRow.ts';
import type { Answer, Connection } from './connection.svelte.ts';
import type { DataTable } from './data.svelte.ts';

/** With more inputs than this, the user pastes a row instead of filling one field per input. */
const mostFields = 40;

type Table = Pick<DataTable, 'columns' | 'pages'>;

/** Prediction of a run's model for one row: typed, pasted or copied from the open table. */
export class RowPrediction {
  /** Typed texts by column. */
  typed = $state<Record<string, string>>({});
  /** All values as one text, if there are too many for fields. */
  pasted = $state('');
  problem = $state.raw<ErrorMessage | undefined>();
  /** Note about the copied row, such as missing values. */
  note = $state('');
  answer = $state.raw<Answer<'predictRow'> | undefined>();
  readonly #connection: Connection;
  readonly #model: string;
  readonly #inputs: () => readonly ModelInput[];

  /** @param inputs - the model's inputs, in order */
  constructor(connection: Connection, model: string, inputs: () => readonly ModelInput[]) {
    this.#connection = connection;
    this.#model = model;
    this.#inputs = inputs;
  }

  get inputs(): readonly ModelInput[] {
    return this.#inputs();
  }

  /** Whether each input has its own field. */
  get byField(): boolean {
    return this.inputs.length <= mostFields;
  }

  text(input: ModelInput): string {
    return this.typed[input.column] ?? startText(input);
  }

  /** The known categories, and the current text. */
  categories(input: Exclude<ModelInput, { kind: 'number' }>): string[] {
    return [...new Set([...knownCategories(input), this.text(input)])];
  }

  async predict(): Promise<void> {
    this.problem = undefined;
    this.answer = undefined;
    try {
      const texts = this.byField ? this.inputs.map((input) => this.text(input)) : splitValues(this.pasted);
      const values = modelRow(this.inputs, texts);
      this.answer = await this.#connection.call('predictRow', { model: this.#model, values });
    } catch (error) {
      this.problem = toErrorMessage(error);
    }
  }

  /** Why no row of a table can be copied; `undefined` if one can. */
  takeReason(table: Table): string | undefined {
    if (table.pages === undefined) return 'No table is open.';
    const absent = this.inputs
      .filter((input) => columnOf(table, input) === undefined)
      .map(({ column }) => `“${column}”`);
    if (absent.length === 0) return undefined;
    const some = `${absent.slice(0, 3).join(', ')}${absent.length > 3 ? ', …' : ''}`;
    return `The open table has no column ${some}, which the network needs.`;
  }

  /** Copies the inputs of a row of the open table, by its number from 1. */
  async take(table: Table, row: number): Promise<void> {
    this.problem = undefined;
    this.note = '';
    try {
      const cells = await table.pages?.get(row - 1);
      if (cells === undefined)
        throw new OrthantError('usage', `The open table has no row ${row}. Choose another one in step 1.`);
      const entered = this.inputs.map((input) => String(cells[columnOf(table, input) ?? -1] ?? ''));
      this.typed = Object.fromEntries(this.inputs.map(({ column }, index) => [column, entered[index] ?? '']));
      this.pasted = joinValues(entered);
      const empty = this.inputs.filter((_, index) => entered[index] === '').map(({ column }) => column);
      if (empty.length > 0) this.note = `Row ${row} has no value in ${empty.join(', ')}.`;
    } catch (error) {
      this.problem = toErrorMessage(error);
    }
  }
}

const columnOf = (table: Table, input: ModelInput): number | undefined =>
  table.columns.find((column) => column.summary.name === input.column)?.index;
