import path from 'node:path';
import { z } from 'zod';
import { OrthantError } from '../../native/contract/errors.ts';
import type { FileKind } from '../../native/contract/window.ts';
import { isBelow } from './folders.ts';
import { JsonFile } from './jsonFile.ts';
import type { RecentFiles } from './recentFiles.ts';

/** Data files that are kept as readable; of more the oldest are forgotten. */
const mostData = 500;

/**
 * The files that a person has opened: chosen in a dialog, dropped on the window, sent up by it, named on the command line or
 * by the system, today or earlier, as the recent files say. No page can put a file among them by naming it.
 *
 * Data may be read besides that the runs of this computer, and documents opened here, speak of. What was read once stays
 * readable, so that the work in the window is found again after a restart.
 */
export class Inputs {
  readonly #uploads: string;
  readonly #recent: RecentFiles;
  readonly #opened = new Set<string>();
  readonly #dataFile: JsonFile<z.ZodArray<z.ZodString>>;
  #data: Promise<Set<string>> | undefined;

  /**
   * @param uploads - the folder of what was sent up
   * @param stateFolder - where it is kept which data may be read
   */
  constructor(uploads: string, recent: RecentFiles, stateFolder: string) {
    this.#uploads = uploads;
    this.#recent = recent;
    this.#dataFile = new JsonFile(path.join(stateFolder, 'data-files.json'), z.array(z.string()), []);
  }

  add(file: string): void {
    this.#opened.add(path.resolve(file));
  }

  /**
   * Lets a data file be read that was not opened itself.
   *
   * @param file - absolute, from a source that no page writes
   */
  async addData(file: string): Promise<void> {
    const data = await this.#knownData();
    const known = path.resolve(file);
    if (data.has(known)) return;
    data.add(known);
    // What cannot be kept lasts as long as this host.
    await this.#dataFile.update(() => [...data].slice(-mostData)).catch(() => undefined);
  }

  /** Whether a file was sent up by a page, which may have made it itself. */
  wasSentUp(file: string): boolean {
    return isBelow(this.#uploads, path.resolve(file));
  }

  /** @param kind - as which it was opened earlier; any, unless given */
  async has(file: string, kind?: FileKind): Promise<boolean> {
    if (!path.isAbsolute(file)) return false;
    const wanted = path.resolve(file);
    if (this.#opened.has(wanted) || this.wasSentUp(wanted)) return true;
    const recent = await this.#recent.list();
    return recent.some((known) => known.path === wanted && (kind === undefined || known.kind === kind));
  }

  /**
   * @param field - of the request that names the file
   * @throws OrthantError `file` when nobody opened it
   */
  async demand(file: string, field: string): Promise<void> {
    if (await this.has(file)) return;
    throw new OrthantError('file', `${file} was not opened by you, so it was not touched. Open it as a file first.`, {
      field,
    });
  }

  /**
   * @param field - of the request that names the file
   * @throws OrthantError `file` when it is none that may be read as data
   */
  async demandData(file: string, field: string): Promise<void> {
    const known = path.isAbsolute(file) && (await this.#knownData()).has(path.resolve(file));
    if (known || this.wasSentUp(file)) return;
    if (await this.has(file)) return this.addData(file);
    throw new OrthantError(
      'file',
      `${file} was not opened by you, so it was not read. Locate it here (it may lie elsewhere by now), or start Orthant with it: npm start -- FILE`,
      { field },
    );
  }

  #knownData(): Promise<Set<string>> {
    return (this.#data ??= this.#dataFile.read().then((files) => new Set(files)));
  }
}
