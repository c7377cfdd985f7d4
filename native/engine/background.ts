import { writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { linuxStat } from '../system/processes.mjs';

const { PRIORITY_BELOW_NORMAL: below } = constants.priority;

/**
 * Gives every other program priority from now on: the window stays smooth while training takes each processor it can get.
 * Call it before the library starts its threads, which inherit it. Where the system does not allow it, nothing changes.
 */
export function lowerPriority(): void {
  try {
    // A priority that is lower already was chosen by the user.
    if (getPriority() < below) setPriority(below);
    if (process.platform === 'linux' && leadsItsSession()) {
      // Linux shares the processors among sessions first, and only within one by priority.
      writeFileSync('/proc/self/autogroup', String(below));
    }
  } catch {
    // Not allowed: training works all the same.
  }
}

/** A session of others, such as Electron's own, must not be slowed down with it. Field 6 of stat(5) is the session. */
function leadsItsSession(): boolean {
  return Number(linuxStat(process.pid, 6)) === process.pid;
}
