import type { Command } from '../logic/shortcuts.ts';
import type { Page } from '../logic/steps.ts';
import type { Opening } from './opening.svelte.ts';
import type { Workspace } from './workspace.svelte.ts';

/** Commands of menu entries, shortcuts and buttons: whether each is available, and how it runs. */
export class Commands {
  readonly #work: Workspace;
  readonly #opening: Opening;

  constructor(work: Workspace, opening: Opening) {
    this.#work = work;
    this.#opening = opening;
  }

  /** Runs a command, or shows why it is not available. */
  async run(command: Command): Promise<void> {
    const reason = this.unavailableReason(command);
    if (reason === undefined) await this.#carryOut(command);
    else this.#work.messages.show(reason);
  }

  /** Why a command is not available now; `undefined` if it is. */
  unavailableReason(command: Command): string | undefined {
    const { document, trainReason, training } = this.#work;
    switch (command) {
      case 'save-configuration':
      case 'save-configuration-as':
        return document.current === null ? 'Choose data first: there is nothing to save yet.' : undefined;
      case 'undo':
        return document.undoLabel === undefined ? 'Nothing to undo.' : undefined;
      case 'redo':
        return document.redoLabel === undefined ? 'Nothing to redo.' : undefined;
      case 'train':
        return trainReason;
      case 'pause':
      case 'stop':
        return training.reasons[command];
      case 'one-epoch':
        return training.reasons.oneEpoch;
      default:
        return undefined;
    }
  }

  async #carryOut(command: Command): Promise<void> {
    const { document, training, view } = this.#work;
    const opening = this.#opening;
    const actions: Partial<Record<Command, () => Promise<void>>> = {
      'open-data': () => opening.choose('data'),
      'open-configuration': () => opening.choose('configuration'),
      'save-configuration': () => opening.save(),
      'save-configuration-as': () => opening.save(true),
      train: () => this.#work.train(),
      pause: () => (training.current?.state === 'paused' ? training.resume() : training.pause()),
      stop: () => training.stop(),
      'one-epoch': training.oneEpoch,
    };
    if (command === 'undo') document.undo();
    else if (command === 'redo') document.redo();
    else if (command === 'help') view.dialog = 'help';
    else if (command.startsWith('show-')) this.#work.go(command.slice('show-'.length) as Page);
    else await actions[command]?.();
  }
}
