import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isRunning, thisProcess, type ProcessIdentity } from './processes.ts';

/**
 * A moment of exclusive access among processes: while `action` runs, no other `exclusively` on the same file does.
 * Meant for actions of milliseconds, such as reading a small file, changing it and writing it back.
 */

const waitMilliseconds = 5;
/** A file that names no process was torn by a crash of the whole computer. */
const tornMilliseconds = 10_000;

/**
 * @param file - made and removed again; nothing else may use that name
 * @throws what `action` throws, and the file system's errors when the file cannot be made
 */
export function exclusively<Result>(file: string, action: () => Result): Result {
  while (!take(file)) {
    if (!removeLeftover(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMilliseconds);
  }
  try {
    return action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Makes the file with this process's name in it, whole from the first moment, unless it is there. */
function take(file: string): boolean {
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(own, JSON.stringify(thisProcess()));
    linkSync(own, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A file system without links: the content may then be seen a moment late, which counts as torn.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return takeWithoutLink(file);
  } finally {
    rmSync(own, { force: true });
  }
}

function takeWithoutLink(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(thisProcess()), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the file of a process that died while it held it. */
function removeLeftover(file: string): boolean {
  const text = readText(file);
  if (text === undefined) return true;
  if (!isLeftover(file, text)) return false;
  // Of several that wait, one renames it; should it have taken another's new file by then, that one is put back.
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, aside);
    if (readText(aside) !== text) linkSync(aside, file);
  } catch {
    // Another was quicker.
  }
  rmSync(aside, { force: true });
  return true;
}

function isLeftover(file: string, text: string): boolean {
  try {
    return !isRunning(JSON.parse(text) as ProcessIdentity);
  } catch {
    const made = statSync(file, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs > tornMilliseconds;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
