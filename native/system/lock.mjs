import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, makeFolder, pause } from './files.mjs';
import { isRunning, thisProcess } from './processes.mjs';

/**
 * Exclusive access among processes: a file with the process id and start time of its holder. The file of a process that
 * has ended is taken over.
 *
 * @typedef {import('./processes.mjs').ProcessIdentity} ProcessIdentity
 */

/** Milliseconds after which a file without a process is considered torn by a crash of the whole computer. */
const tornMilliseconds = 10_000;

/**
 * Runs `action` while no other process holds the lock `file`. Blocks the thread while it waits: meant for actions of
 * milliseconds, such as reading a small file, changing it and writing it back.
 *
 * @template Result
 * @param {string} file Made and removed again; nothing else may use that name or one that begins with it.
 * @param {() => Result} action
 * @returns {Result}
 * @throws The errors of `action`, and the file system's errors if the file cannot be made.
 */
export function exclusively(file, action) {
  while (!take(file)) if (findHolder(file) !== undefined) pause(5);
  try {
    return action();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * As {@link exclusively}, for an action that may take long; the folder of `file` is made if it is missing.
 *
 * @template Result
 * @param {string} file
 * @param {() => Promise<Result>} action
 * @param {{ onWait?: (pid: number) => void }} [options] `onWait`: called once if another process holds the lock.
 * @returns {Promise<Result>}
 */
export async function withLock(file, action, { onWait } = {}) {
  makeFolder(path.dirname(file));
  let reported = false;
  while (!take(file)) {
    const holder = findHolder(file);
    if (holder === undefined) continue;
    if (!reported && holder !== 0) onWait?.(holder);
    reported ||= holder !== 0;
    await sleep(200);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Makes the file with this process's identity in it, complete from the first moment, unless it exists. @param {string} file */
function take(file) {
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  const text = JSON.stringify(thisProcess());
  try {
    writeFileSync(own, text);
    try {
      linkSync(own, file);
    } catch (error) {
      if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
      // A file system without links: the content may appear a moment late, which counts as torn.
      writeFileSync(file, text, { flag: 'wx' });
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * The id of the process that holds the lock, 0 while the file is being written; undefined if the lock is free: the file of
 * a process that died while it held the lock is removed.
 * @param {string} file
 */
function findHolder(file) {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const text = readFileSync(file, 'utf8');
    const holder = parseHolder(text);
    if (holder ? isRunning(holder) : Date.now() - statSync(file).mtimeMs <= tornMilliseconds) return holder?.pid ?? 0;
    // Of several waiting processes, one renames it; if that caught another's new file, the file is put back.
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, file);
  } catch {
    // Another process was faster.
  }
  rmSync(aside, { force: true });
  return undefined;
}

/** @param {string} text @returns {ProcessIdentity | undefined} Undefined if it is torn. */
function parseHolder(text) {
  try {
    const holder = JSON.parse(text);
    return Number.isInteger(holder?.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}
