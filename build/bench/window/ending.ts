import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { descendants } from '../../../e2e/processes.ts';
import { endingSignals } from '../../../native/system/processes.mjs';

/**
 * From now on this process takes with it what it has started, however deep, whichever way it ends: hosts and engines are
 * made to outlive a signal of the terminal, and what a bench has in work is not worth a farewell.
 *
 * @returns the folders that are to be gone with it
 */
export function endWithAllStarted(): Set<string> {
  const folders = new Set<string>();
  process.on('exit', () => {
    endDescendants();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  // First in the row: others would close what is theirs, and let the benches go on with the next one.
  for (const signal of endingSignals)
    process.prependListener(signal, () => process.exit(128 + constants.signals[signal]));
  return folders;
}

function endDescendants(): void {
  // In Windows there is no ps, and the terminal's signal has reached all of them itself.
  if (process.platform === 'win32') return;
  for (const { pid } of descendants(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile, or was the program that listed them.
    }
  }
}
