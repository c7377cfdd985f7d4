import type { ColumnRole, DataSettings, RunConfiguration } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import type { ColumnSummary, Histogram, Inspection, Preparation, Warning } from '../../native/contract/table.ts';
import { fileName } from '../logic/fileName.ts';
import { Listeners } from '../logic/listeners.ts';
import { pictureSide } from '../logic/picture.ts';
import { sameDocument } from '../logic/sameDocument.ts';
import type { Connection, Request } from './connection.svelte.ts';
import { LatestCall } from './latestCall.svelte.ts';
import { TablePages } from './pages.svelte.ts';

export interface Column {
  readonly index: number;
  readonly summary: ColumnSummary;
  readonly role: ColumnRole;
  /** Whether a person chose the role. */
  readonly chosen: boolean;
}

type TableRequest = Request<'inspect'>;

const tableRequest = (data: DataSettings): TableRequest => ({
  source: data.source,
  dialect: data.dialect,
  skipBadRows: data.skipBadRows,
});

/** What is said of a file by its name alone: where it lies the person knows, or need not, since the browser host put it there. */
function named(error: ErrorMessage | undefined, settings: DataSettings | undefined): ErrorMessage | undefined {
  if (error === undefined || settings?.source.kind !== 'file') return error;
  const { path } = settings.source;
  return { ...error, message: error.message.replaceAll(path, fileName(path)) };
}

/** Milliseconds of quiet before split and scaling are worked out again. */
const quiet = 250;

/** The table in work: what its file holds, how its columns are used, what split and scaling make of it. */
export class DataTable {
  /** What the file would hold without the rows for which it was refused. */
  refused = $state.raw<Inspection | undefined>();
  /** Split and scaling have been worked out. */
  readonly prepared = new Listeners();
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
  /** Why it cannot be made ready for training. */
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
  /** What is odd about the file and about its use; each thing once, though both may say it: its use says it better. */
  readonly warnings: readonly Warning[] = $derived.by(() => {
    const ofUse = this.preparation?.warnings ?? [];
    const topics = new Set(ofUse.map(({ topic }) => topic).filter((topic) => topic !== undefined));
    const ofFile = ((this.inspection ?? this.refused)?.warnings ?? []).filter(
      ({ topic }) => topic === undefined || !topics.has(topic),
    );
    const said = [...ofFile, ...ofUse];
    return [...new Map(said.map((warning) => [warning.message, warning])).values()];
  });
  /** Side of the picture that the inputs form, where they do. */
  readonly pictureSide = $derived(
    this.inputs.every((column) => column.summary.type === 'number') ? pictureSide(this.inputs.length) : undefined,
  );

  /** Whether the file cannot be had where the configuration says: it may lie elsewhere. */
  readonly isAbsent = $derived(this.error?.code === 'file');

  /** Follows the configuration: opens another file when the source changed, works out the split when settings did. */
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

  /** Asks the engine again, after it was started anew or the line was lost. */
  refresh(): void {
    const settings = this.#settings;
    if (settings === undefined) return;
    this.#settingsText = '';
    void this.#open(JSON.stringify(tableRequest(settings)), settings);
  }

  /** Why rows of a run on `data` cannot be looked up by number in the table that is open; nothing where they can. */
  rowsReason(data: DataSettings | undefined): string | undefined {
    const open = this.#settings;
    if (data === undefined || open === undefined || this.inspection === undefined)
      return 'The data of this run is not open.';
    if (!sameDocument(data.source, open.source)) return 'The data of this run is not open.';
    // A cell that is bad as a number may be good as a category, or of no interest: that row is then not left out.
    const takesMore = this.inspection.rejected.some(({ column }) => {
      const use = data.columns[column ?? ''];
      return use !== undefined && (use.role === 'ignore' || use.encoding !== undefined);
    });
    if (takesMore || !sameDocument(tableRequest(data), tableRequest(open)))
      return 'The open table is read in another way than this run read it, so that its rows are counted differently.';
    return undefined;
  }

  /** Gives up opening the file. */
  cancelOpening(): void {
    this.#inspected.cancel('The file was not read to its end: you cancelled it.');
    this.refused = undefined;
  }

  /** The histogram of one column, asked for once. */
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
        // Known already to whoever cancels the search for the rows at fault.
        const message = toErrorMessage(error);
        if (!signal.aborted) this.#inspected.error = message;
        if (!table.skipBadRows && message.code === 'data') await this.#inspectRefused(table, signal);
        throw error;
      }
    });
    if (opened) this.#prepareSoon();
  }

  /** Lists the rows that make a file unusable as it is. */
  async #inspectRefused(table: TableRequest, signal: AbortSignal): Promise<void> {
    try {
      const inspection = await this.#connection.call('inspect', { ...table, skipBadRows: true }, { signal });
      if (!signal.aborted && inspection.rejectedRows > 0) this.refused = inspection;
    } catch {
      // The file is unusable in another way, which the first message has said.
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
    void this.#preparation
      .runSoon(quiet, (signal) => this.#connection.call('prepare', { data }, { signal }))
      .then((prepared) => {
        if (prepared) this.prepared.call();
      });
  }
}
