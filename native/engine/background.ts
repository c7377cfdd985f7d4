import { writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { linuxStat } from '../system/processes.mjs';

const { PRIORITY_BELOW_NORMAL: below } = constants.priority;

/**
 * Lowers the priority of this process, so that the window stays smooth while training uses every processor. Call it
 * before the library starts its threads, which inherit the priority. If the system does not allow it, nothing changes.
 */
export function lowerPriority(): void {
  try {
    // A lower priority was chosen by the user.
    if (getPriority() < below) setPriority(below);
    if (process.platform === 'linux' && leadsItsSession()) {
      // Linux shares the processors among sessions first, and only within one by priority.
      writeFileSync('/proc/self/autogroup', String(below));
    }
  } catch {
    // Not allowed; training works anyway.
  }
}

/** Other sessions, such as Electron's, must not be slowed down too. Field 6 of stat(5) is the session. */
function leadsItsSession(): boolean {
  return Number(linuxStat(process.pid, 6)) === process.pid;
}
