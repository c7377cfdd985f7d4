import { endingSignals } from '../../native/system/processes.mjs';

/** The source of signals: the process. */
export type SignalSource = Pick<NodeJS.EventEmitter, 'on'>;

/** Milliseconds within which a repeated signal counts as the same one: npm passes on a signal that the terminal also sends. */
const repeatWindow = 1000;

/**
 * Calls `end` at the first signal that asks this process to end, and `atOnce` at a later one.
 */
export function onEndingSignal(end: () => void, atOnce: () => void, signals: SignalSource = process): void {
  let first: number | undefined;
  for (const signal of endingSignals) {
    signals.on(signal, () => {
      if (first === undefined) {
        first = Date.now();
        end();
      } else if (Date.now() - first > repeatWindow) atOnce();
    });
  }
}
