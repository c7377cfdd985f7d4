import type { BrowserWindow, MessageBoxOptions } from 'electron';
import { app, dialog } from 'electron';
import type { Host } from '../services/host.ts';
import { stopRun } from '../services/stopRun.ts';
import type { MainWindow } from './mainWindow.ts';

/** Milliseconds that the end of a run (checkpoint, evidence, export) may take after the user quits. */
const longestStop = 120_000;
/** Milliseconds that the application stays after a run without a window ends, so that its notification can be clicked. */
const afterwards = 60_000;

const stopText = 'Stop: the run ends now, with a checkpoint and the model it has found so far.';
const buttons = { type: 'question', defaultId: 0, cancelId: 2, noLink: true } as const;

const trainingQuestion: MessageBoxOptions = {
  ...buttons,
  message: 'A run is under way.',
  detail: `Keep training: the window closes, the run continues, and a notification reports its end.\n${stopText}`,
  buttons: ['Keep training', 'Stop with a checkpoint', 'Cancel'],
};

/** A paused run without a window would wait for ever. */
const pausedQuestion: MessageBoxOptions = {
  ...buttons,
  message: 'A run is paused.',
  detail: `Resume later: the run is kept as it is; "Resume" in the list of runs continues from its checkpoint.\n${stopText}`,
  buttons: ['Resume later', 'Stop with a checkpoint', 'Cancel'],
};

/** Decides how the application ends: what happens to a run when its window is closed; no engine process is left behind. */
export function setupClosing(host: Host, window: MainWindow): { watch(window: BrowserWindow): void } {
  /** Whether the run may be left: the user has answered. */
  let free = false;
  let asking = false;
  const isPaused = (): boolean => host.runs.current()?.state === 'paused';

  /** @returns whether the window may close, and whether the application may end with it */
  const ask = async (): Promise<'keep' | 'leave' | 'stay'> => {
    const parent = window.current();
    const paused = isPaused();
    const question = paused ? pausedQuestion : trainingQuestion;
    const { response } = await (parent === undefined
      ? dialog.showMessageBox(question)
      : dialog.showMessageBox(parent, question));
    if (response === 0) return paused ? 'leave' : 'keep';
    if (response !== 1) return 'stay';
    await stopRun(host, longestStop);
    return 'leave';
  };

  /** Asks once, then acts on the answer. */
  const askAndAct = (quitting: boolean): void => {
    if (asking) return;
    asking = true;
    void ask()
      .catch(() => 'stay' as const)
      .then((answer) => {
        asking = false;
        if (answer === 'stay') return;
        free = answer === 'leave';
        // `destroy` closes without asking again.
        window.current()?.destroy();
        if (answer === 'leave' && quitting) app.quit();
      });
  };

  app.on('before-quit', (event) => {
    if (free || host.runs.current() === undefined) return;
    event.preventDefault();
    askAndAct(true);
  });

  app.on('window-all-closed', () => {
    // On macOS an application stays without a window; elsewhere only while a run trains.
    if (process.platform !== 'darwin' && (free || host.runs.current() === undefined)) app.quit();
  });

  host.subscribe((event) => {
    if (event.event !== 'finished' && event.event !== 'failed' && event.event !== 'engine') return;
    if (process.platform === 'darwin' || window.current() !== undefined || host.runs.current() !== undefined) return;
    setTimeout(() => {
      if (window.current() === undefined && host.runs.current() === undefined) app.quit();
    }, afterwards).unref();
  });

  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void host.close().finally(() => {
      ended = true;
      app.quit();
    });
  });

  return {
    watch: (opened) => {
      free = false;
      opened.on('close', (event) => {
        if (free || host.runs.current() === undefined) return;
        event.preventDefault();
        askAndAct(false);
      });
    },
  };
}
