import type { DataSettings } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { RunRecord } from '../contract/runs.ts';
import type { DataSet } from '../data/dataset.ts';
import { prepareDataSet } from '../data/prepare.ts';
import { closeTables } from '../data/table.ts';
import { sourceName } from '../runs/list.ts';

/** The data set that was read last, kept for the questions that follow training. */
export class DataSets {
  #last: { readonly key: string; readonly dataset: DataSet } | undefined;
  /** The question before the next one. */
  #asked: Promise<unknown> = Promise.resolve();

  /** Reads the data anew, as training does: the file may have changed. */
  async read(settings: DataSettings, signal: AbortSignal): Promise<DataSet> {
    // The machine must not have to hold two data sets at once.
    this.#last = undefined;
    const dataset = await prepareDataSet(settings, signal);
    // From here on the data set is all that is needed, and training wants the memory.
    await closeTables();
    this.#last = { key: JSON.stringify(settings), dataset };
    return dataset;
  }

  /**
   * The data of a run as they were when it trained: those read last where they are the same. One question after the other,
   * so that several about a run that come at once have its data read once.
   *
   * @throws OrthantError `data` when the file has changed since
   */
  of(record: RunRecord, signal: AbortSignal): Promise<DataSet> {
    const found = this.#asked.then(() => this.#find(record, signal));
    this.#asked = found.catch(() => undefined);
    return found;
  }

  async #find(record: RunRecord, signal: AbortSignal): Promise<DataSet> {
    signal.throwIfAborted();
    const settings = record.configuration.data;
    const last = this.#last;
    if (last?.key === JSON.stringify(settings) && last.dataset.source.sha256 === record.data?.sha256)
      return last.dataset;
    const dataset = await this.read(settings, signal);
    refuseOtherData(record, dataset);
    return dataset;
  }
}

/** @throws OrthantError `data` when the file is not the one the run was begun with */
export function refuseOtherData({ data, configuration }: RunRecord, { source }: DataSet): void {
  if (data === undefined || data.sha256 === source.sha256) return;
  throw new OrthantError(
    'data',
    `${sourceName(configuration.data.source)} has changed since the run began (${data.bytes} bytes then, ${source.bytes} now), and a run goes with the data it was begun with. Put the file back as it was, or train a new run.`,
    { field: 'data.source' },
  );
}
