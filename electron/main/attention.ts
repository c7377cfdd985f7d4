import { Notification, powerSaveBlocker } from 'electron';
import path from 'node:path';
import type { WindowEvent } from '../../native/contract/window.ts';
import type { Host } from '../services/host.ts';
import type { MainWindow } from './mainWindow.ts';

/** Shows a run outside the window: in the task bar and by notifications; and keeps the computer awake for it. */
export function setupAttention(host: Host, window: MainWindow): void {
  keepAwake(host);
  // Electron forgets the listeners of notifications that are not referenced.
  const shown = new Set<Notification>();

  const notify = (title: string, body: string): void => {
    if (!Notification.isSupported() || window.current()?.isFocused() === true) return;
    const notification = new Notification({ title, body });
    shown.add(notification);
    notification.on('click', () => {
      window.show();
    });
    notification.on('close', () => {
      shown.delete(notification);
    });
    notification.show();
  };

  host.subscribe((event) => {
    showProgress(host, window, event);
    if (event.event === 'finished') {
      notify(`Training has ended: ${nameOf(event.run)}`, event.result.evidence.statement);
    } else if (event.event === 'failed' && event.error.code !== 'cancelled') {
      notify(`Training has failed: ${nameOf(event.run)}`, event.error.message);
    } else if (event.event === 'engine' && event.state === 'crashed' && event.run !== undefined) {
      notify(`Training was interrupted: ${nameOf(event.run)}`, event.message ?? '');
    }
  });
}

const nameOf = (run: string): string => path.basename(run);

function showProgress(host: Host, window: MainWindow, event: WindowEvent): void {
  const bar = window.current();
  if (bar === undefined || (event.event !== 'engine' && !('run' in event)) || event.event === 'metrics') return;
  const run = host.runs.current();
  if (run === undefined) bar.setProgressBar(-1);
  else if (run.fraction === undefined) bar.setProgressBar(2, { mode: 'indeterminate' });
  else bar.setProgressBar(run.fraction, { mode: run.state === 'paused' ? 'paused' : 'normal' });
}

/** The display may turn off; the computer must not sleep while it trains. */
function keepAwake(host: Host): void {
  let blocker: number | undefined;
  host.subscribe(() => {
    const working = host.runs.isWorking();
    if (working && blocker === undefined) blocker = powerSaveBlocker.start('prevent-app-suspension');
    else if (!working && blocker !== undefined) {
      powerSaveBlocker.stop(blocker);
      blocker = undefined;
    }
  });
}
