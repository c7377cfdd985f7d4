import { closeSync, openSync, rmSync, statSync } from 'node:fs';

/**
 * A moment of exclusive access among processes: while `action` runs, no other `exclusively` on the same file does.
 * Meant for actions of milliseconds, such as reading a small file, changing it and writing it back.
 */

/** What holds the file for longer died between making and removing it. */
const longestHoldMilliseconds = 10_000;
const waitMilliseconds = 5;

/**
 * @param file - made and removed again; nothing else may use that name
 * @throws what `action` throws, and the file system's errors when the file cannot be made
 */
export function exclusively<Result>(file: string, action: () => Result): Result {
  for (;;) {
    try {
      closeSync(openSync(file, 'wx'));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const held = statSync(file, { throwIfNoEntry: false });
    if (held !== undefined && Date.now() - held.mtimeMs > longestHoldMilliseconds) rmSync(file, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMilliseconds);
  }
  try {
    return action();
  } finally {
    rmSync(file, { force: true });
  }
}
