import path from 'node:path';
import { z } from 'zod';
import type { DataSource } from '../../native/contract/configuration.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import type { Folders } from './folders.ts';
import { isBelow } from './folders.ts';
import { JsonFile } from './jsonFile.ts';
import { kindOfFile } from './recentFiles.ts';

/** Number of opened files that are kept over a restart; the oldest are forgotten. */
const mostOpened = 500;

/** `read` and `write` a file, or use a `run` folder: read, rename, delete or resume it. */
export type Access = 'read' | 'write' | 'run';

interface RequiredAccess {
  readonly access: Access;
  readonly path: string;
  /** The field of the request that names the path. */
  readonly field: string;
}

/** The fields by which requests to the engine name files and folders. */
export interface NamingRequest {
  readonly out?: string | undefined;
  readonly run?: string | undefined;
  readonly binned?: string | undefined;
  readonly model?: string | undefined;
  readonly source?: DataSource | undefined;
  readonly data?: { readonly source: DataSource } | undefined;
  readonly configuration?: { readonly data: { readonly source: DataSource } } | undefined;
  readonly table?: { readonly source: DataSource } | undefined;
}

/** The access that a request to the engine needs. */
export function requiredAccess(request: NamingRequest): RequiredAccess[] {
  const { out, run, binned, model, source, data, configuration, table } = request;
  const fileOf = (from: DataSource | undefined): string | undefined => (from?.kind === 'file' ? from.path : undefined);
  const named: [access: Access, field: string, path: string | undefined][] = [
    ['write', 'out', out],
    ['run', 'run', run],
    ['run', 'binned', binned],
    ['read', 'model', model],
    ['read', 'source.path', fileOf(source)],
    ['read', 'data.source.path', fileOf(data?.source)],
    ['read', 'configuration.data.source.path', fileOf(configuration?.data.source)],
    ['read', 'table.source.path', fileOf(table?.source)],
  ];
  return named.flatMap(([access, field, file]) => (file === undefined ? [] : [{ access, field, path: file }]));
}

/**
 * The files and folders that a window may use: it reads files that the user opened and writes to the folder of runs and to
 * files that the user chose in a dialog. The page is our own code, but the browser host's address can be shared, and a
 * fault in the page must not read, overwrite or delete other files of the user.
 */
export class Permissions {
  readonly #folders: Folders;
  readonly #kept: JsonFile<z.ZodArray<z.ZodString>>;
  readonly #loaded: Promise<readonly string[]>;
  readonly #opened = new Set<string>();
  readonly #chosen = new Set<string>();

  constructor(folders: Folders) {
    this.#folders = folders;
    this.#kept = new JsonFile(path.join(folders.state, 'opened-files.json'), z.array(z.string()), []);
    this.#loaded = this.#kept.read();
  }

  /**
   * Allows reading a file, also after a restart; a configuration document (`.orthant`) may be overwritten as well.
   *
   * @param file - opened by the user, or named by a run or a document that the user opened
   */
  async open(file: string): Promise<void> {
    const opened = path.resolve(file);
    this.#opened.add(opened);
    if ((await this.#loaded).includes(opened)) return;
    // A list that cannot be stored lasts as long as this host.
    await this.#kept
      .update((files) => [...files.filter((other) => other !== opened), opened].slice(-mostOpened))
      .catch(() => undefined);
  }

  /** Allows writing a file that the user chose in a dialog, as long as this host runs. */
  choose(file: string): void {
    this.#chosen.add(path.resolve(file));
  }

  /** Whether a file was uploaded by a page, which may have made it itself. */
  isUpload(file: string): boolean {
    return isBelow(this.#folders.uploads, file);
  }

  async has(access: Access, file: string): Promise<boolean> {
    const isRun = isBelow(this.#folders.runs, file);
    if (access === 'run' || isRun || !path.isAbsolute(file)) return isRun;
    const wanted = path.resolve(file);
    if (access === 'write' && this.#chosen.has(wanted)) return true;
    if (access === 'read' && this.isUpload(wanted)) return true;
    const opened = this.#opened.has(wanted) || (await this.#loaded).includes(wanted);
    return opened && (access === 'read' || kindOfFile(wanted) === 'configuration');
  }

  /**
   * @param field - the field of the request that names the file
   * @throws OrthantError `run` or `file` if the window may not use it
   */
  async require(access: Access, file: string, field: string): Promise<void> {
    if (await this.has(access, file)) return;
    const reasons: Record<Access, string> = {
      read: `${file} was not opened by you, so it was not read. Locate it here (it may have moved), or start Orthant with it: npm start -- FILE`,
      write: `${file} was not chosen as a place to write to, so nothing was written. Save it elsewhere, to a place that you choose.`,
      run: `${file} is not one of the runs in ${this.#folders.runs}, so it was not changed. For a run in another folder, use the command line: orthant --help`,
    };
    throw new OrthantError(access === 'run' ? 'run' : 'file', reasons[access], { field });
  }

  /** @throws OrthantError as `require` does, for the first field of a request to the engine that is refused */
  async check(request: NamingRequest): Promise<void> {
    for (const { access, path: file, field } of requiredAccess(request)) await this.require(access, file, field);
  }
}
