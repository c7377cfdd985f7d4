import type { Command } from '../logic/shortcuts.ts';
import type { Page } from '../logic/steps.ts';
import type { App } from './app.svelte.ts';

/** What menu entries, shortcuts and buttons ask for: one way to say whether it can be done, and one to do it. */

/** Why a command cannot be carried out now, or nothing. */
export function reasonAgainst(app: App, command: Command): string | undefined {
  const { training, document } = app;
  switch (command) {
    case 'save-configuration':
    case 'save-configuration-as':
      return document.current === null ? 'Choose data first: there is nothing to save yet.' : undefined;
    case 'undo':
      return document.undoLabel === undefined ? 'Nothing to undo.' : undefined;
    case 'redo':
      return document.redoLabel === undefined ? 'Nothing to redo.' : undefined;
    case 'train':
      return app.trainReason;
    case 'pause':
    case 'stop':
      return training.reasons[command];
    case 'one-epoch':
      return training.reasons.oneEpoch;
    default:
      return undefined;
  }
}

export async function carryOut(app: App, command: Command): Promise<void> {
  switch (command) {
    case 'open-data':
      await app.open('data');
      break;
    case 'open-configuration':
      await app.open('configuration');
      break;
    case 'save-configuration':
      await app.save();
      break;
    case 'save-configuration-as':
      await app.save(true);
      break;
    case 'undo':
      app.document.undo();
      break;
    case 'redo':
      app.document.redo();
      break;
    case 'train':
      await app.train();
      break;
    case 'pause':
      if (app.training.current?.state === 'paused') await app.training.resume();
      else await app.training.pause();
      break;
    case 'stop':
      await app.training.stop();
      break;
    case 'one-epoch':
      await app.training.oneEpoch();
      break;
    case 'help':
      app.view.dialog = 'help';
      break;
    default:
      app.go(command.slice('show-'.length) as Page);
  }
}
