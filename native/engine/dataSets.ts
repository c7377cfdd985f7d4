import type { DataSettings } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { RunRecord } from '../contract/runRecord.ts';
import type { DataSet } from '../data/dataset.ts';
import { prepareDataSet } from '../data/prepare.ts';
import { closeTables } from '../data/table.ts';
import { sourceName } from '../runs/list.ts';

/** Keeps the data set that was read last, for the requests that follow training. */
export class DataSets {
  #last: { readonly key: string; readonly dataset: DataSet } | undefined;
  /** The previous request, for which the next one waits. */
  #previous: Promise<unknown> = Promise.resolve();

  /** Reads the data again, as training does: the file may have changed. */
  async read(settings: DataSettings, signal: AbortSignal): Promise<DataSet> {
    // Release the last data set first, so that memory never holds two.
    this.#last = undefined;
    const dataset = await prepareDataSet(settings, signal);
    // Only the data set is needed from here on, and training needs the memory.
    await closeTables();
    // As the run records them.
    const { missing } = dataset.preparation;
    this.#last = { key: JSON.stringify({ ...settings, missing }), dataset };
    return dataset;
  }

  /**
   * The data with which a run was trained; the last data set if it is the same. Requests are handled one after the
   * other, so that several concurrent ones about a run read its data once.
   *
   * @throws OrthantError `data` when the file has changed since
   */
  of(record: RunRecord, signal: AbortSignal): Promise<DataSet> {
    const found = this.#previous.then(() => this.#find(record, signal));
    this.#previous = found.catch(() => undefined);
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

/** @throws OrthantError `data` if the file has changed since the run began */
export function refuseOtherData({ data, configuration }: RunRecord, { source }: DataSet): void {
  if (data === undefined || data.sha256 === source.sha256) return;
  throw new OrthantError(
    'data',
    `${sourceName(configuration.data.source)} has changed since the run began (${data.bytes} bytes then, ${source.bytes} now), and a run needs the data with which it began. Restore the file, or train a new run.`,
    { field: 'data.source' },
  );
}
