import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';
import type { FileKind } from '../../native/contract/window.ts';
import { isBelow } from './folders.ts';
import type { RecentFiles } from './recentFiles.ts';

/**
 * The files that a person has opened: chosen in a dialog, dropped on the window, sent up by it, named on the command line or
 * by the system, today or earlier, as the recent files say. No page can put a file among them by naming it.
 */
export class Inputs {
  readonly #uploads: string;
  readonly #recent: RecentFiles;
  readonly #opened = new Set<string>();

  constructor(uploads: string, recent: RecentFiles) {
    this.#uploads = uploads;
    this.#recent = recent;
  }

  add(file: string): void {
    this.#opened.add(path.resolve(file));
  }

  /** @param kind - as which it was opened earlier; any, unless given */
  async has(file: string, kind?: FileKind): Promise<boolean> {
    if (!path.isAbsolute(file)) return false;
    const wanted = path.resolve(file);
    if (this.#opened.has(wanted) || isBelow(this.#uploads, wanted)) return true;
    const recent = await this.#recent.list();
    return recent.some((known) => known.path === wanted && (kind === undefined || known.kind === kind));
  }

  /** @throws OrthantError `file` when nobody opened it */
  async demand(file: string, kind?: FileKind): Promise<void> {
    if (await this.has(file, kind)) return;
    throw new OrthantError('file', `${file} was not opened by you, so it was not touched. Open it as a file first.`, {
      field: 'path',
    });
  }
}
