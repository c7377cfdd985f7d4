import { app } from 'electron';
import type { Host } from '../services/host.ts';
import type { SignalSource } from '../services/endingSignals.ts';
import { onEndingSignal } from '../services/endingSignals.ts';
import { stopRunForTerminal } from '../services/stopRun.ts';

/**
 * Ends the application on a signal from the terminal: a run under way is stopped with a checkpoint, and then everything
 * ends. A second signal ends it at once.
 *
 * Must be called after the application is ready: until then Chromium sets its own handlers, which would quit as the menu
 * does, and ask.
 */
export function setupTerminal(host: Host, log: (text: string) => void, signals: SignalSource = process): void {
  const end = async (): Promise<void> => {
    await stopRunForTerminal(host, (line) => {
      log(`${line}\n`);
    });
    // Without its process there is no run to stop.
    await host.close();
    app.quit();
  };
  onEndingSignal(
    () => void end(),
    () => {
      app.exit(130);
    },
    signals,
  );
}
