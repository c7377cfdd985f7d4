import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';
import { isBelow } from './folders.ts';

/**
 * The run folders that a window may have read, changed, moved or deleted: those among the runs of this computer, and those
 * begun here elsewhere. A page that went astray could otherwise move away any folder that looks like a run.
 */
export class KnownRuns {
  readonly #folder: string;
  readonly #begun = new Set<string>();

  /** @param folder - of all runs */
  constructor(folder: string) {
    this.#folder = folder;
  }

  add(run: string): void {
    this.#begun.add(path.resolve(run));
  }

  /** Whether a path leads to one of them, or to what lies in the folder of them all. */
  has(run: string): boolean {
    return isBelow(this.#folder, run) || (path.isAbsolute(run) && this.#begun.has(path.resolve(run)));
  }

  /**
   * @param field - of the request that names the run
   * @throws OrthantError `run` when it is none of them
   */
  demand(run: string, field: string): void {
    if (this.has(run)) return;
    throw new OrthantError(
      'run',
      `${run} is none of the runs in ${this.#folder}, so it was left as it is. For a run that lies elsewhere, use the command line: orthant --help`,
      { field },
    );
  }
}
