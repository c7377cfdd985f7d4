import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';
import { isBelow } from './folders.ts';

/**
 * The run folders that a window may have changed, moved or deleted: those among the runs of this computer, and those begun
 * here elsewhere. A page that went astray could otherwise move away any folder that looks like a run.
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

  /**
   * @param field - of the request that names the run
   * @throws OrthantError `run` when it is none of them
   */
  demand(run: string, field: string): void {
    if (isBelow(this.#folder, run) || (path.isAbsolute(run) && this.#begun.has(path.resolve(run)))) return;
    throw new OrthantError(
      'run',
      `${run} is none of the runs in ${this.#folder}, so it was left as it is. For a run that lies elsewhere, use the command line: orthant --help`,
      { field },
    );
  }
}
