import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import { canResume, type RunSummary } from '../../native/contract/runRecord.ts';
import { Listeners } from '../logic/listeners.ts';
import type { Connection } from './connection.svelte.ts';

export const mostCompared = 5;

interface Deleted {
  readonly binned: string;
  readonly name: string;
}

/** All runs on this computer. */
export class RunList {
  all = $state.raw<readonly RunSummary[]>([]);
  query = $state('');
  loaded = $state(false);
  error = $state.raw<ErrorMessage | undefined>();
  /** The run deleted last, which can be restored. */
  deleted = $state.raw<Deleted | undefined>();
  /** Runs chosen for comparison. */
  chosen = $state.raw<readonly string[]>([]);
  readonly deletions = new Listeners<[run: string]>();
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  readonly found = $derived.by(() => {
    const words = this.query
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    return this.all.filter((run) => {
      const text = `${run.name} ${run.method} ${run.source} ${run.state} ${run.evidence?.level ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  });

  /** Summary of a run, if it is in the list. */
  of(run: string): RunSummary | undefined {
    return this.all.find((known) => known.run === run);
  }

  /** Whether a run ended early and can be resumed. */
  canResume(run: string): boolean {
    const summary = this.of(run);
    return summary !== undefined && summary.damaged === undefined && canResume(summary.state);
  }

  async load(): Promise<void> {
    await this.#attempt(async () => {
      const runs = await this.#connection.call('runs', {});
      this.all = runs.toSorted((a, b) => (a.created < b.created ? 1 : -1));
      this.chosen = this.chosen.filter((run) => runs.some((known) => known.run === run));
      this.loaded = true;
    });
  }

  /** Adds a run to the comparison, or removes it. */
  toggle(run: string): void {
    if (this.chosen.includes(run)) this.chosen = this.chosen.filter((other) => other !== run);
    else if (this.chosen.length < mostCompared) this.chosen = [...this.chosen, run];
  }

  async rename(run: string, name: string): Promise<void> {
    await this.#attempt(async () => {
      const record = await this.#connection.call('renameRun', { run, name });
      this.all = this.all.map((other) => (other.run === run ? { ...other, name: record.name } : other));
    });
  }

  async delete(run: RunSummary): Promise<void> {
    await this.#attempt(async () => {
      const { binned } = await this.#connection.call('deleteRun', { run: run.run });
      this.deleted = { binned, name: run.name };
      this.all = this.all.filter((other) => other.run !== run.run);
      this.chosen = this.chosen.filter((other) => other !== run.run);
      this.deletions.call(run.run);
    });
  }

  async undoDelete(): Promise<void> {
    const { deleted } = this;
    if (deleted === undefined) return;
    await this.#attempt(async () => {
      await this.#connection.call('restoreRun', { binned: deleted.binned });
      this.deleted = undefined;
      await this.load();
    });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.error = undefined;
    try {
      await work();
    } catch (error) {
      this.error = toErrorMessage(error);
    }
  }
}
