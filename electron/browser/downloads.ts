import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mediaTypeOf } from '../../native/contract/mediaTypes.ts';
import { browserHostPaths } from '../../native/contract/window.ts';
import { describeFileError } from '../../native/contract/fileErrors.ts';
import { isAlive } from '../../native/system/processes.mjs';
import { safeName } from './safeName.ts';

/** Files to download: a temporary file each, under an address that cannot be guessed. */
export class Downloads {
  readonly #folder: string;
  readonly #files = new Map<string, string>();

  /** @param folder - used by this host alone and removed with it */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * A place to write to, and the address from which the written file is downloaded.
   *
   * @throws OrthantError `file` when the host's own folder cannot be written
   */
  async offer(suggestedName: string): Promise<{ path: string; download: string }> {
    const id = randomBytes(16).toString('base64url');
    const name = safeName(suggestedName, 'download');
    const folder = path.join(this.#folder, id);
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw describeFileError(error, `write to ${folder}`);
    });
    const file = path.join(folder, name);
    this.#files.set(id, file);
    return { path: file, download: `${browserHostPaths.download}${id}/${encodeURIComponent(name)}` };
  }

  /**
   * Streams the written file.
   *
   * @param rest - the address behind `download/`
   * @returns false when there is nothing under this address
   */
  async send(rest: string, response: ServerResponse, headOnly: boolean): Promise<boolean> {
    const file = this.#files.get(rest.split('/')[0] ?? '');
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || found?.isFile() !== true) return false;
    const name = path.basename(file);
    response.writeHead(200, {
      'Content-Type': mediaTypeOf(name),
      'Content-Length': found.size,
      'Content-Disposition': `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`,
      'Cache-Control': 'no-store',
    });
    if (headOnly) response.end();
    else await pipeline(createReadStream(file), response).catch(() => undefined); // The client disconnected.
    return true;
  }

  async close(): Promise<void> {
    this.#files.clear();
    // Remaining files are removed at the next start.
    await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * The folder of this process's downloads below the host's state folder. Removes the folders of processes that have ended
 * without cleaning up.
 */
export async function downloadFolder(stateFolder: string): Promise<string> {
  const folder = path.join(stateFolder, 'downloads');
  for (const entry of await readdir(folder).catch(() => [])) {
    const pid = Number(entry);
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(path.join(folder, entry), { recursive: true, force: true });
  }
  return path.join(folder, String(process.pid));
}
