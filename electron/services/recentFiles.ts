import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { FileKind, hostCalls } from '../../native/contract/window.ts';
import { fileKinds } from '../../native/contract/window.ts';
import { JsonFile } from './jsonFile.ts';

/** Ending of a configuration document; every other file is treated as data. */
export const documentExtension = '.orthant';

export const kindOfFile = (file: string): FileKind =>
  path.extname(file).toLowerCase() === documentExtension ? 'configuration' : 'data';

const remembered = z.object({ path: z.string(), kind: z.enum(fileKinds), opened: z.iso.datetime() });
const longest = 20;

/** The files opened last, latest first. */
export class RecentFiles {
  readonly #file: JsonFile<z.ZodArray<typeof remembered>>;

  #changed: () => void = () => undefined;

  constructor(stateFolder: string) {
    this.#file = new JsonFile(path.join(stateFolder, 'recent-files.json'), z.array(remembered), []);
  }

  /** Calls `listener` after every change; there is one listener. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  async list(): Promise<z.input<(typeof hostCalls)['recentFiles']['answer']>> {
    const files = await this.#file.read();
    return files.map((file) => ({ ...file, name: path.basename(file.path), exists: existsSync(file.path) }));
  }

  async remember(file: string, kind: FileKind): Promise<void> {
    const opened = new Date().toISOString();
    await this.#file.update((files) =>
      [{ path: file, kind, opened }, ...files.filter((other) => other.path !== file)].slice(0, longest),
    );
    this.#changed();
  }

  async forget(file: string): Promise<void> {
    await this.#file.update((files) => files.filter((other) => other.path !== file));
    this.#changed();
  }
}
