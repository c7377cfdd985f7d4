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
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Files that are there whole or not at all: written under a temporary name beside their place, flushed to the disk,
 * then renamed. A reader, a crash or a full disk never meets half a file, and what stood there before stays until the
 * new content is complete.
 */

/** @typedef {string | Uint8Array} Content */

/**
 * Writes a file atomically; folders that are missing are made.
 *
 * A symbolic link is followed, and a file that is there keeps its permissions. What is there and is no regular file (a
 * pipe, a device) is written to directly.
 *
 * @param {string} file
 * @param {Content | Iterable<Content>} content The whole content, or its pieces one after another.
 * @param {number} [mode] Permissions of a file that is not there yet, as `chmod` takes them.
 * @returns {void}
 * @throws The file system's error; nothing is left behind.
 */
export function writeFileAtomic(file, content, mode) {
  for (const wait of writing(file, content, mode)) pause(wait);
}

/**
 * As {@link writeFileAtomic}, but the thread is free while Windows holds the file up, which may take seconds.
 * @param {Parameters<typeof writeFileAtomic>} args
 */
export async function writeFileAtomicAsync(...args) {
  for (const wait of writing(...args)) await sleep(wait);
}

/**
 * Yields the milliseconds to wait before each further try.
 * @param {Parameters<typeof writeFileAtomic>} args
 */
function* writing(...[file, content, mode = 0o666]) {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const place = resolveLink(file);
  const present = statSync(place, { throwIfNoEntry: false });
  if (present?.isDirectory()) throw Object.assign(new Error('EISDIR'), { code: 'EISDIR' });
  if (present !== undefined && !present.isFile()) {
    writePieces(openSync(place, 'w'), pieces, false);
    return;
  }
  const folder = path.dirname(place);
  makeFolder(folder);
  const temporary = temporaryName(place);
  try {
    writePieces(openSync(temporary, 'wx', mode), pieces, true);
    if (present !== undefined) chmodSync(temporary, present.mode);
    yield* moving(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/**
 * Makes a folder and those above it; one that is there is fine. (Node's own recursive mkdir never returns where a
 * parent is there but takes no folders, as in /proc.)
 *
 * @param {string} folder
 * @throws The file system's error.
 */
export function makeFolder(folder) {
  const place = path.resolve(folder);
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = path.dirname(place);
  if (parent !== place) makeFolder(parent);
  try {
    mkdirSync(place);
  } catch (error) {
    // Another process may have been quicker.
    if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** What Windows answers while another program, most likely a virus scanner, looks at what is to be moved. */
const passing = ['EACCES', 'EBUSY', 'EPERM'];
/** Milliseconds between one try and the next: two seconds in all. */
const waits = [10, 20, 40, 80, 150, 300, 600, 800];

/**
 * Renames a file or a folder; a file that stands at `to` is replaced. What Windows refuses only for a moment is tried again
 * there.
 *
 * @param {string} from
 * @param {string} to
 * @throws The file system's error.
 */
export function move(from, to) {
  for (const wait of moving(from, to)) pause(wait);
}

/** @param {string} from @param {string} to */
function* moving(from, to) {
  for (const wait of process.platform === 'win32' ? waits : []) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (!passing.includes(codeOf(error))) throw error;
      yield wait;
    }
  }
  renameSync(from, to);
}

/** Holds up the whole thread. @param {number} milliseconds */
export const pause = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

/** The system's code of an error, such as `ENOENT`. @param {unknown} error */
export const codeOf = (error) => String(/** @type {NodeJS.ErrnoException} */ (error).code);

/**
 * A name beside `place` that no other writer uses; hidden, so that listings can pass over it.
 * @param {string} place
 */
export function temporaryName(place) {
  return path.join(path.dirname(place), `.${path.basename(place)}.${randomBytes(6).toString('hex')}.tmp`);
}

/**
 * Flushes a folder's entries to the disk, where the system can (Windows cannot, and does not need it).
 * @param {string} folder
 */
export function syncFolder(folder) {
  let handle;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch {
    // Not every file system lets a folder be flushed; the rename is atomic all the same.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** @param {number} handle @param {Iterable<Content>} pieces @param {boolean} sync */
function writePieces(handle, pieces, sync) {
  try {
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      // The system may take less than it is offered.
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
    }
    if (sync) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** @param {string} file */
function resolveLink(file) {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}
