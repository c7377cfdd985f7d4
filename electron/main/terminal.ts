import { app } from 'electron';
import type { Host } from '../services/host.ts';
import type { SignalSource } from '../services/endingSignals.ts';
import { onEndingSignal } from '../services/endingSignals.ts';
import { stopRunForTerminal } from '../services/stopRun.ts';

/**
 * Ends the application as the terminal asks: a run under way is stopped with a checkpoint, and then everything ends. Asked
 * again, it ends at once.
 *
 * To be called once the application is ready: until then Chromium sets handlers of its own, which would quit as the menu
 * does, and ask.
 */
export function setupTerminal(host: Host, log: (text: string) => void, signals: SignalSource = process): void {
  const end = async (): Promise<void> => {
    await stopRunForTerminal(host, (line) => {
      log(`${line}\n`);
    });
    // Without its process there is no run, and nothing to ask about.
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
