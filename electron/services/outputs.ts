import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';

/**
 * The files that a person has chosen in a dialog of this host: the only ones a window may have written. A page that went
 * astray could otherwise overwrite any file of the person's.
 */
export class Outputs {
  readonly #chosen = new Set<string>();

  add(file: string): void {
    this.#chosen.add(path.resolve(file));
  }

  has(file: string): boolean {
    return path.isAbsolute(file) && this.#chosen.has(path.resolve(file));
  }

  /**
   * @param field - of the request that names the file
   * @throws OrthantError `file` when nobody chose it
   */
  demand(file: string, field: string): void {
    if (this.has(file)) return;
    throw new OrthantError(
      'file',
      `${file} was not chosen as a place to write to, so nothing was written. Save it elsewhere, to a place that you choose.`,
      { field },
    );
  }
}
