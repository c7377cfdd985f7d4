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
 * Files that are complete or absent: written under a temporary name in the same folder, flushed to the disk, then renamed.
 * A reader, a crash or a full disk never leaves half a file, and the old content stays until the new content is
 * complete.
 */

/** @typedef {string | Uint8Array} Content */

/**
 * Writes a file atomically; missing folders are made.
 *
 * A symbolic link is followed, and an existing file keeps its permissions. A target that is not a regular file (a pipe, a
 * device) is written to directly.
 *
 * @param {string} file
 * @param {Content | Iterable<Content>} content The whole content, or its pieces one after another.
 * @param {number} [mode] Permissions of a new file, as `chmod` takes them.
 * @returns {void}
 * @throws The file system's error; no temporary file is left.
 */
export function writeFileAtomic(file, content, mode) {
  for (const wait of writing(file, content, mode)) pause(wait);
}

/**
 * As {@link writeFileAtomic}, but does not block the thread while Windows blocks the file, which may take seconds.
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
 * Makes a folder and its parents; an existing one is fine. (Node's own recursive mkdir never returns if a parent exists but
 * accepts no folders, as in /proc.)
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
    // Another process may have made it meanwhile.
    if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Error codes of Windows while another program, most likely a virus scanner, has the moved file open. */
const temporaryCodes = ['EACCES', 'EBUSY', 'EPERM'];
/** Milliseconds between tries: two seconds in all. */
const waits = [10, 20, 40, 80, 150, 300, 600, 800];

/**
 * Renames a file or a folder; an existing file at `to` is replaced. On Windows a temporary failure is tried again.
 *
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
      if (!temporaryCodes.includes(codeOf(error))) throw error;
      yield wait;
    }
  }
  renameSync(from, to);
}

/** Blocks the whole thread. @param {number} milliseconds */
export const pause = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

/** The system's code of an error, such as `ENOENT`. @param {unknown} error */
export const codeOf = (error) => String(/** @type {NodeJS.ErrnoException} */ (error).code);

/**
 * A name beside `place` that no other writer uses; hidden, so that listings can skip it.
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
    // Not every file system can flush a folder; the rename is atomic nevertheless.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** @param {number} handle @param {Iterable<Content>} pieces @param {boolean} sync */
function writePieces(handle, pieces, sync) {
  try {
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      // The system may write less than it is given.
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
