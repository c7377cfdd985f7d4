import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { TransformCallback } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OrthantError } from '../../native/contract/errors.ts';
import { browserHostPaths } from '../../native/contract/window.ts';
import { isAlive } from '../services/processes.ts';

/** Bytes that uploads leave free on the disk, so that runs can still be written. */
const reserve = 256 * 1024 * 1024;
/** Bytes between two looks at the free space, for uploads that do not say how long they are. */
const lookEvery = 64 * 1024 * 1024;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * A file name that every system accepts, as close to the one asked for as can be: the last part of a path, without
 * control characters and those that Windows keeps for itself.
 */
export function safeName(name: string, fallback: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const cleaned = last
    // eslint-disable-next-line no-control-regex -- they are what is taken out
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  const kept = lastBytes(cleaned, longestName);
  return kept === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(kept) ? fallback : kept;
}

/** Of UTF-8. Systems take 255, and what writes a file adds some of its own while it does. */
const longestName = 200;

/** The end of a text, no character of it torn, where a file name has its extension. */
function lastBytes(text: string, most: number): string {
  let bytes = 0;
  const characters = Array.from(text);
  let from = characters.length;
  while (from > 0 && (bytes += Buffer.byteLength(characters[from - 1] ?? '')) <= most) from--;
  return characters.slice(from).join('');
}

/** Free bytes for this process on the disk of `folder`. */
async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Streams the body of a request to a file of its own below `folder`. Memory stays flat; an upload that does not come to
 * its end leaves nothing.
 *
 * @param name - what the file is called on the other computer
 * @returns where the file lies
 * @throws OrthantError `file` when the disk has no room; `cancelled` when the other side gave up
 */
export async function receiveUpload(request: IncomingMessage, folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const announced = Number(request.headers['content-length'] ?? 0);
  demandRoom(await freeSpace(folder), announced, name);

  // The date lets a person tell uploads of the same name apart; the random part lets two come at once.
  const own = path.join(folder, `${new Date().toISOString().slice(0, 10)}-${randomBytes(6).toString('hex')}`);
  const partial = path.join(own, 'upload.part');
  const target = path.join(own, safeName(name, 'data'));
  await mkdir(own);
  try {
    await pipeline(request, new RoomWatch(folder, name), createWriteStream(partial, { flags: 'wx' }));
    await rename(partial, target);
    return target;
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    if (error instanceof OrthantError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw noRoom(name, 0);
    if (request.destroyed && !request.complete) {
      throw new OrthantError('cancelled', `The upload of ${name} was broken off.`, { cause: error });
    }
    throw new OrthantError('file', `${name} could not be stored: ${(error as Error).message}.`, { cause: error });
  }
}

/** Passes chunks on and refuses when the disk runs full. */
class RoomWatch extends Transform {
  readonly #folder: string;
  readonly #name: string;
  #since = 0;

  constructor(folder: string, name: string) {
    super();
    this.#folder = folder;
    this.#name = name;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#since += chunk.length;
    if (this.#since < lookEvery) {
      done(null, chunk);
      return;
    }
    this.#since = 0;
    freeSpace(this.#folder).then(
      (free) => {
        if (free < reserve) done(noRoom(this.#name, free));
        else done(null, chunk);
      },
      (error: unknown) => {
        done(error as Error);
      },
    );
  }
}

function demandRoom(free: number, wanted: number, name: string): void {
  if (wanted + reserve > free) throw noRoom(name, free);
}

const noRoom = (name: string, free: number): OrthantError =>
  new OrthantError(
    'file',
    `There is no room for ${name}: the disk has ${gigabytes(free)} left, and ${gigabytes(reserve)} stay free for runs. Free some space and try again, or, where the file lies on the computer that Orthant runs on, name it as Orthant is started: npm start -- --browser FILE`,
  );

/** Files to take away: a temporary file each, under an address that cannot be guessed. */
export class Downloads {
  readonly #folder: string;
  readonly #files = new Map<string, string>();

  /** @param folder - of this host alone; gone with it */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A place to write to, and the address under which what is written there can be had. */
  async offer(suggestedName: string): Promise<{ path: string; download: string }> {
    const id = randomBytes(16).toString('base64url');
    const name = safeName(suggestedName, 'download');
    const folder = path.join(this.#folder, id);
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, name);
    this.#files.set(id, file);
    return { path: file, download: `${browserHostPaths.download}${id}/${encodeURIComponent(name)}` };
  }

  /**
   * Streams what was written.
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
      'Content-Type': 'application/octet-stream',
      'Content-Length': found.size,
      'Content-Disposition': `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`,
      'Cache-Control': 'no-store',
    });
    if (headOnly) response.end();
    else await pipeline(createReadStream(file), response).catch(() => undefined); // The other side broke off.
    return true;
  }

  async close(): Promise<void> {
    this.#files.clear();
    // What is left is removed with the next start.
    await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * The folder of this process's downloads below the host's state folder. Those of processes that are gone, which could
 * not tidy up, are removed.
 */
export async function downloadFolder(stateFolder: string): Promise<string> {
  const folder = path.join(stateFolder, 'downloads');
  for (const entry of await readdir(folder).catch(() => [])) {
    const pid = Number(entry);
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(path.join(folder, entry), { recursive: true, force: true });
  }
  return path.join(folder, String(process.pid));
}
