import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { TransformCallback } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OrthantError } from '../../native/contract/errors.ts';
import { describeFileError } from '../../native/contract/fileErrors.ts';
import { draftFiles } from '../services/drafts.ts';
import type { Folders } from '../services/folders.ts';
import { safeName } from './safeName.ts';

/** Bytes of disk space that uploads leave free, so that runs can still be written. */
const reserve = 256 * 1024 * 1024;
/** Bytes between two checks of the free space, for uploads without a declared length. */
const lookEvery = 64 * 1024 * 1024;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Free bytes for this process on the disk of `folder`. */
async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Streams the body of a request to a file in its own folder below `folder`. Memory use stays constant; an incomplete upload
 * leaves nothing.
 *
 * @param name - file name on the client's computer
 * @returns path of the stored file
 * @throws OrthantError `file` when the disk has no room or cannot be written; `cancelled` when the client disconnected
 */
export async function receiveUpload(request: IncomingMessage, folder: string, name: string): Promise<string> {
  // The date distinguishes uploads of the same name for the user; the random part separates simultaneous ones.
  const own = path.join(folder, `${new Date().toISOString().slice(0, 10)}-${randomBytes(6).toString('hex')}`);
  const partial = path.join(own, 'upload.part');
  const target = path.join(own, safeName(name, 'data'));
  const announced = Number(request.headers['content-length'] ?? 0);
  await makeRoom(folder, own, announced, name);
  try {
    await pipeline(request, new RoomWatch(folder, name), createWriteStream(partial, { flags: 'wx' }));
    await rename(partial, target);
    return target;
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    if (error instanceof OrthantError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw noRoom(name, 0);
    if (request.destroyed && !request.complete) {
      throw new OrthantError('cancelled', `The upload of ${name} was interrupted.`, { cause: error });
    }
    throw new OrthantError('file', `${name} could not be stored: ${(error as Error).message}.`, { cause: error });
  }
}

/** Makes the folder of one upload. */
async function makeRoom(folder: string, own: string, bytes: number, name: string): Promise<void> {
  let free: number;
  try {
    await mkdir(folder, { recursive: true });
    free = await freeSpace(folder);
  } catch (error) {
    throw describeFileError(error, `write to ${folder}`);
  }
  if (bytes + reserve > free) throw noRoom(name, free);
  await mkdir(own).catch((error: unknown) => {
    throw describeFileError(error, `write to ${own}`);
  });
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

const noRoom = (name: string, free: number): OrthantError =>
  new OrthantError(
    'file',
    `There is no room for ${name}: the disk has ${gigabytes(free)} left, and ${gigabytes(reserve)} stay free for runs. Free some space and try again, or, where the file lies on the computer that Orthant runs on, name it as Orthant is started: npm start -- --browser FILE`,
  );

/** An upload younger than this may be about to be used. */
const graceMilliseconds = 24 * 3600 * 1000;

/**
 * Removes uploads that no document names any more: no run (deleted ones included), no current configuration, no recent file.
 * Without this every file that was ever opened in a browser would stay on the disk a second time.
 *
 * @returns the names of the removed uploads
 */
export async function removeUnusedUploads({ uploads, state, runs }: Folders, now = Date.now()): Promise<string[]> {
  const candidates: string[] = [];
  for (const name of await namesIn(uploads)) {
    const { mtimeMs } = await stat(path.join(uploads, name));
    if (now - mtimeMs > graceMilliseconds) candidates.push(name);
  }
  if (candidates.length === 0) return [];
  const unused = new Set(candidates);
  const documents = [
    ...[...draftFiles, 'recent-files.json'].map((name) => path.join(state, name)),
    ...(await runsIn(runs)),
    // Deleted runs can be restored until the bin is emptied.
    ...(await runsIn(path.join(runs, '.bin'))),
  ];
  for (const document of documents) {
    const text = await readOrNothing(document);
    // An upload's folder has a random name, which appears in every path to it.
    for (const name of unused) if (text.includes(name)) unused.delete(name);
  }
  for (const name of unused) await rm(path.join(uploads, name), { recursive: true, force: true });
  return [...unused];
}

const runsIn = async (folder: string): Promise<string[]> =>
  (await namesIn(folder)).map((run) => path.join(folder, run, 'run.json'));

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** The text of a document; empty if it does not exist. One that cannot be read may name uploads, so that is an error. */
async function readOrNothing(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw error;
  }
}
