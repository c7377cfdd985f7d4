import { endingSignals } from '../../native/system/processes.mjs';

/** Where signals come in: the process. */
export type SignalSource = Pick<NodeJS.EventEmitter, 'on'>;

/** Milliseconds within which a signal is the one before: npm hands on what the terminal has sent to its programs itself. */
const same = 1000;

/**
 * Calls `end` when this process is asked to end, and `atOnce` when that is asked again.
 */
export function onEndingSignal(end: () => void, atOnce: () => void, signals: SignalSource = process): void {
  let first: number | undefined;
  for (const signal of endingSignals) {
    signals.on(signal, () => {
      if (first === undefined) {
        first = Date.now();
        end();
      } else if (Date.now() - first > same) atOnce();
    });
  }
}
