import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { OrthantError } from '../contract/errors.ts';

/**
 * Files that are there whole or not at all: written under a temporary name beside their place, flushed to the disk,
 * then renamed. A reader, a crash or a full disk never meets half a file, and what stood there before stays until the
 * new content is complete.
 */

export type Content = string | Uint8Array;

/**
 * Writes a file atomically; folders that are missing are made.
 *
 * A symbolic link is followed. What is there and is no regular file (a pipe, a device) is written to directly.
 *
 * @param content - the whole content, or its pieces one after another
 * @throws OrthantError `file` with what to do; nothing is left behind
 */
export function writeFileAtomic(file: string, content: Content | Iterable<Content>): void {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  let temporary: string | undefined;
  try {
    const place = resolveLink(file);
    const present = statSync(place, { throwIfNoEntry: false });
    if (present?.isDirectory() === true) throw systemError('EISDIR');
    if (present !== undefined && !present.isFile()) {
      writePieces(openSync(place, 'w'), pieces, false);
      return;
    }
    const folder = path.dirname(place);
    makeFolder(folder);
    temporary = temporaryName(place);
    writePieces(openSync(temporary, 'wx'), pieces, true);
    if (present !== undefined) chmodSync(temporary, present.mode);
    move(temporary, place);
    temporary = undefined;
    syncFolder(folder);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    throw describeFileError(error, `write ${file}`);
  }
}

/**
 * Makes a folder and those above it; one that is there is fine. (Node's own recursive mkdir never returns where a
 * parent is there but takes no folders, as in /proc.)
 *
 * @throws the file system's error
 */
export function makeFolder(folder: string): void {
  const place = path.resolve(folder);
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = path.dirname(place);
  if (parent !== place) makeFolder(parent);
  try {
    mkdirSync(place);
  } catch (error) {
    // Another process may have been quicker.
    if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** What Windows answers while another program, most likely a virus scanner, looks at what is to be moved. */
const passing: readonly (string | undefined)[] = ['EACCES', 'EBUSY', 'EPERM'];
/** Milliseconds between one try and the next: two seconds in all. */
const waits = [10, 20, 40, 80, 150, 300, 600, 800];

/**
 * Renames a file or a folder; a file that stands at `to` is replaced. What Windows refuses only for a moment is tried again
 * there.
 *
 * @throws the file system's error
 */
export function move(from: string, to: string, rename = renameSync, platform: string = process.platform): void {
  for (const wait of platform === 'win32' ? waits : []) {
    try {
      rename(from, to);
      return;
    } catch (error) {
      if (!passing.includes((error as NodeJS.ErrnoException).code)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    }
  }
  rename(from, to);
}

/** A name beside `place` that no other writer uses; hidden, so that listings can pass over it. */
export function temporaryName(place: string): string {
  return path.join(path.dirname(place), `.${path.basename(place)}.${randomBytes(6).toString('hex')}.tmp`);
}

/** Flushes a folder's entries to the disk, where the system can (Windows cannot, and does not need it). */
export function syncFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch {
    // Not every file system lets a folder be flushed; the rename is atomic all the same.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function writePieces(handle: number, pieces: Iterable<Content>, sync: boolean): void {
  try {
    for (const piece of pieces) writeWhole(handle, typeof piece === 'string' ? Buffer.from(piece) : piece);
    if (sync) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The system may take less than it is offered. */
function writeWhole(handle: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(handle, bytes, at);
}

function resolveLink(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

const systemError = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

/** What a person can do about the errors that a file system gives. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space, or choose a folder on another disk',
  EDQUOT: 'your disk quota is used up. Free some space, or choose a folder on another disk',
  EFBIG: 'the file would be larger than the file system allows. Choose a folder on another disk',
  EACCES: 'you have no permission. Change the permissions, or choose another place',
  EPERM: 'the system does not permit it. Change the permissions, or choose another place',
  EROFS: 'the disk is mounted read-only. Choose a folder on another disk',
  ENOENT: 'it is not there. Check the path',
  ENOTDIR: 'a part of the path is a file, not a folder. Check the path',
  EEXIST: 'something of that name is there already. Choose another name',
  EISDIR: 'it is a folder. Name a file',
  ELOOP: 'its symbolic links lead in a circle. Mend them, or name the place itself',
  ENAMETOOLONG: 'the name is too long. Choose a shorter one',
  EMFILE: 'too many files are open. Close other programs, or raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this computer. Close other programs',
  EBUSY: 'another program is using it. Close that program and try again',
  EIO: 'the disk reports an error. Check the disk, or choose a folder on another one',
};

/**
 * An error of the file system as one for a person: what was tried, why it failed, what to do. Errors that are none
 * of the file system's are passed through.
 *
 * @param attempt - what could not be done, as it follows "Cannot": "write runs/first/run.json"
 */
export function describeFileError(error: unknown, attempt: string): Error {
  if (!(error instanceof Error)) return new OrthantError('internal', `Cannot ${attempt}: ${String(error)}.`);
  if (error instanceof OrthantError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return error;
  return new OrthantError('file', `Cannot ${attempt}: ${remedies[code] ?? error.message}.`, { cause: error });
}
