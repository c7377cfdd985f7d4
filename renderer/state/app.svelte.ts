import type { EngineRole } from '../../native/contract/engine.ts';
import { fromErrorMessage } from '../../native/contract/errors.ts';
import type { WindowBridge, WindowEvent } from '../../native/contract/window.ts';
import { editsText } from '../logic/shortcuts.ts';
import { pages } from '../logic/steps.ts';
import { Commands } from './commandRunner.ts';
import type { Connection } from './connection.svelte.ts';
import { Opening } from './opening.svelte.ts';
import { Workspace } from './workspace.svelte.ts';

/** The window's state as a whole, kept in step with the host. */
export class App extends Workspace {
  readonly opening = new Opening(this);
  readonly commands = new Commands(this, this.opening);
  /** Resolves when the last file that the system asked for is open. */
  #opened: Promise<void>;
  #loaded = false;
  #visible = true;

  constructor(connection: Connection, bridge?: WindowBridge) {
    super(connection, bridge);
    this.#opened = this.draft.restored;
    this.document.changed.add(() => {
      this.#follow();
    });
    this.training.runsChanged.add(() => void this.runs.load());
    this.training.cancelled.add((message) => {
      this.messages.show(message);
    });
    this.runs.deletions.add((run) => {
      this.training.forget(run);
      this.draft.saveSoon();
    });
    connection.events.add((event) => {
      this.#take(event);
    });
    connection.opened.add(() => void this.#fill());
    this.engines.restarted.add((role) => void this.#restarted(role));
  }

  /** Reports to the host whether to send metrics, and fetches those missed meanwhile. */
  async visibilityChanged(visible: boolean): Promise<void> {
    this.#visible = visible;
    if (this.connection.status !== 'open') return;
    await this.messages.load(async () => {
      const { missed } = await this.connection.call('setVisible', { visible });
      const { current } = this.training;
      if (missed && current !== undefined) await this.training.reload(current);
    });
  }

  /** Loads the window's content when it opens and after each reconnection. */
  async #fill(): Promise<void> {
    await this.messages.load(async () => {
      // The host assumes that a window that connects is visible.
      if (!this.#visible) await this.connection.call('setVisible', { visible: false });
      let shown: unknown;
      // The host has the draft at once; the engine may still be starting.
      await this.draft.restore((draft) => {
        shown = this.#restore(draft);
      });
      await this.#load();
      if (typeof shown === 'string') await this.training.showAgain(shown).catch(() => undefined);
      await Promise.all([this.catalogue.loadDoctor(), this.training.findCurrent()]);
      // The engine of a crashed host ends a moment after it, so the list may be out of date.
      const trace = this.training.shown;
      if (trace !== undefined && this.runs.of(trace.run)?.state !== trace.state) await this.runs.load();
    });
  }

  /** Repeats the requests that the process before this one received. */
  async #restarted(role: EngineRole): Promise<void> {
    await this.messages.load(async () => {
      if (role === 'data') await this.#load();
      else await Promise.all([this.catalogue.loadDoctor(), this.training.findCurrent()]);
    });
  }

  async #load(): Promise<void> {
    const again = this.#loaded;
    this.#loaded = true;
    if (again) {
      this.data.refresh();
      this.catalogue.checkSoon(this.document.current);
    }
    await Promise.all([this.catalogue.load(), this.runs.load()]);
  }

  /** @returns the run that was shown */
  #restore(draft: Record<string, unknown>): unknown {
    if (!this.document.restore(draft.document)) return undefined;
    const page = pages.find((known) => known === draft.page);
    if (page !== undefined && this.document.current !== null) this.view.page = page;
    return draft.shown;
  }

  #follow(): void {
    this.data.follow(this.document.current);
    this.catalogue.checkSoon(this.document.current);
    this.draft.saveSoon();
  }

  #take(event: WindowEvent): void {
    if (event.event === 'menu') {
      if (!editsText(event.command)) void this.commands.run(event.command);
    } else if (event.event === 'open-file' || event.event === 'refused') {
      // A file given at start may arrive before the draft; it then replaces the draft. Files open one after the other.
      this.#opened = this.#opened.then(() =>
        this.messages.attempt(async () => {
          if (event.event === 'refused') throw fromErrorMessage(event.error);
          await this.opening.openPath(event.path, event.kind);
        }),
      );
    }
  }
}
