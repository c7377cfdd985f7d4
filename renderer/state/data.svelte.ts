import type { ColumnRole, DataSettings, RunConfiguration } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import type { ColumnSummary, Histogram, Inspection, Preparation, Warning } from '../../native/contract/inspection.ts';
import { fileName } from '../logic/fileName.ts';
import { pictureSide } from '../logic/picture.ts';
import { sameDocument } from '../logic/sameDocument.ts';
import type { Connection, Request } from './connection.svelte.ts';
import { LatestCall } from './latestCall.svelte.ts';
import { TablePages } from './pages.svelte.ts';

export interface Column {
  readonly index: number;
  readonly summary: ColumnSummary;
  readonly role: ColumnRole;
  /** Whether the user chose the role. */
  readonly chosen: boolean;
}

type TableRequest = Request<'inspect'>;

const tableRequest = (data: DataSettings): TableRequest => ({
  source: data.source,
  dialect: data.dialect,
  skipBadRows: data.skipBadRows,
});

/** Shortens paths in an error to file names: the user knows the folder, or the browser host chose it. */
function named(error: ErrorMessage | undefined, settings: DataSettings | undefined): ErrorMessage | undefined {
  if (error === undefined || settings?.source.kind !== 'file') return error;
  const { path } = settings.source;
  return { ...error, message: error.message.replaceAll(path, fileName(path)) };
}

/** Milliseconds without a change before split and scaling are recomputed. */
const quiet = 250;

/** The open table: content of its file, roles of its columns, split and scaling. */
export class DataTable {
  /** Content of a refused file without its bad rows. */
  refused = $state.raw<Inspection | undefined>();
  #settings = $state.raw<DataSettings | undefined>();
  readonly #connection: Connection;
  readonly #histograms = new Map<string, Promise<Histogram>>();
  #request = '';
  #settingsText = '';
  readonly #inspected = new LatestCall<{ readonly inspection: Inspection; readonly pages: TablePages }>();
  readonly #preparation = new LatestCall<Preparation>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  readonly inspection = $derived(this.#inspected.value?.inspection);
  readonly pages = $derived(this.#inspected.value?.pages);
  readonly opening = $derived(this.#inspected.busy);
  /** Why the file cannot be opened. */
  readonly error = $derived(named(this.#inspected.error, this.#settings));
  readonly preparation = $derived(this.#preparation.value);
  readonly preparing = $derived(this.#preparation.busy);
  /** Why the data cannot be prepared for training. */
  readonly preparationError = $derived(named(this.#preparation.error, this.#settings));
  readonly columns: readonly Column[] = $derived(
    (this.inspection?.columns ?? []).map((summary, index) => {
      const chosen = this.#settings?.columns[summary.name];
      const splits = this.#settings?.split.by === 'column' && this.#settings.split.column === summary.name;
      return {
        index,
        summary,
        role: chosen?.role ?? (splits ? 'ignore' : summary.suggestedRole),
        chosen: chosen !== undefined,
      };
    }),
  );
  readonly inputs = $derived(this.columns.filter((column) => column.role === 'input'));
  readonly targets = $derived(this.columns.filter((column) => column.role === 'target'));
  /**
   * Warnings about the file and its use, each once, without the rows that could not be read: the inspection
   * lists them. On the same topic, those about its use are kept.
   */
  readonly warnings: readonly Warning[] = $derived.by(() => {
    const ofUse = (this.preparation?.warnings ?? []).filter(({ topic }) => topic !== 'unreadable');
    const topics = new Set(ofUse.map(({ topic }) => topic).filter((topic) => topic !== undefined));
    const ofFile = ((this.inspection ?? this.refused)?.warnings ?? []).filter(
      ({ topic }) => topic === undefined || !topics.has(topic),
    );
    const all = [...ofFile, ...ofUse];
    return [...new Map(all.map((warning) => [warning.message, warning])).values()];
  });
  /** Side in pixels of the square picture that the inputs form, if they form one. */
  readonly pictureSide = $derived(
    this.inputs.every((column) => column.summary.type === 'number') ? pictureSide(this.inputs.length) : undefined,
  );

  /** Whether the file is not available at its path; it may have been moved. */
  readonly isAbsent = $derived(this.error?.code === 'file');

  /** Follows the configuration: a new source opens another file, new settings recompute the split. */
  follow(configuration: RunConfiguration | null): void {
    this.#settings = configuration?.data;
    if (configuration === null) {
      this.#clear();
      return;
    }
    const request = JSON.stringify(tableRequest(configuration.data));
    if (request !== this.#request) void this.#open(request, configuration.data);
    else this.#prepareSoon();
  }

  /** Repeats the requests after a restart of the engine or a reconnection. */
  refresh(): void {
    const settings = this.#settings;
    if (settings === undefined) return;
    this.#settingsText = '';
    void this.#open(JSON.stringify(tableRequest(settings)), settings);
  }

  /** Why rows of a run on `data` cannot be found by number in the open table; `undefined` if they can. */
  rowsReason(data: DataSettings | undefined): string | undefined {
    const open = this.#settings;
    if (data === undefined || open === undefined || this.inspection === undefined)
      return 'The data of this run is not open.';
    if (!sameDocument(data.source, open.source)) return 'The data of this run is not open.';
    // A cell that is not a number is valid in a category or ignored column, so the run did not skip its row.
    const takesMore = this.inspection.rejected.some(({ column }) => {
      const use = data.columns[column ?? ''];
      return use !== undefined && (use.role === 'ignore' || use.encoding !== undefined);
    });
    if (takesMore || !sameDocument(tableRequest(data), tableRequest(open)))
      return 'The open table is read with other settings than this run used, so its rows are counted differently.';
    return undefined;
  }

  /** Cancels opening the file. */
  cancelOpening(): void {
    this.#inspected.cancel('The file was not read to its end: you cancelled it.');
    this.refused = undefined;
  }

  /** The histogram of one column, requested once. */
  histogram(column: string): Promise<Histogram> {
    const known = this.#histograms.get(column);
    if (known !== undefined) return known;
    const request = { ...(JSON.parse(this.#request) as TableRequest), column, bins: 24 };
    const asked = this.#connection.call('histogram', request);
    this.#histograms.set(column, asked);
    asked.catch(() => this.#histograms.delete(column));
    return asked;
  }

  async #open(request: string, settings: DataSettings): Promise<void> {
    this.#clear();
    this.#request = request;
    const table = tableRequest(settings);
    const opened = await this.#inspected.run(async (signal) => {
      try {
        const inspection = await this.#connection.call('inspect', table, { signal });
        const pages = new TablePages(inspection.columns.length, (offset, limit) =>
          this.#connection.call('rows', { ...table, offset, limit }),
        );
        return { inspection, pages };
      } catch (error) {
        // Set now, so that the error shows even if the user cancels the search for bad rows.
        const message = toErrorMessage(error);
        if (!signal.aborted) this.#inspected.error = message;
        if (!table.skipBadRows && message.code === 'data') await this.#inspectRefused(table, signal);
        throw error;
      }
    });
    if (opened) this.#prepareSoon();
  }

  /** Lists the bad rows for which the file was refused. */
  async #inspectRefused(table: TableRequest, signal: AbortSignal): Promise<void> {
    try {
      const inspection = await this.#connection.call('inspect', { ...table, skipBadRows: true }, { signal });
      if (!signal.aborted && inspection.rejectedRows > 0) this.refused = inspection;
    } catch {
      // The file has another fault, which the first error reports.
    }
  }

  #clear(): void {
    this.#inspected.clear();
    this.#preparation.clear();
    this.#request = '';
    this.#settingsText = '';
    this.#histograms.clear();
    this.refused = undefined;
  }

  #prepareSoon(): void {
    const data = this.#settings;
    if (data === undefined || this.inspection === undefined) return;
    const text = JSON.stringify(data);
    if (text === this.#settingsText) return;
    this.#settingsText = text;
    void this.#preparation.runSoon(quiet, (signal) => this.#connection.call('prepare', { data }, { signal }));
  }
}
