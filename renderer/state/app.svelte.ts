import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { EngineRole } from '../../native/contract/engine.ts';
import { fromErrorMessage } from '../../native/contract/errors.ts';
import type { externalLinks, FileKind, WindowBridge, WindowEvent } from '../../native/contract/window.ts';
import { brokenBound } from '../logic/bounds.ts';
import { editsText, type Command } from '../logic/shortcuts.ts';
import { sameDocument } from '../logic/sameDocument.ts';
import { pages, type Page } from '../logic/steps.ts';
import { Catalogue } from './catalogue.svelte.ts';
import { carryOut, reasonAgainst } from './commands.ts';
import { ConfigurationDocument } from './configuration.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { DataTable } from './data.svelte.ts';
import { Draft } from './draft.ts';
import { Engines } from './engines.svelte.ts';
import { Files } from './files.ts';
import { Notices } from './notices.svelte.ts';
import { chooseFile, duplicateRun, locateFile, openDropped, openPath, saveDocument, takeSample } from './opening.ts';
import { RunList } from './runs.svelte.ts';
import type { RunTrace } from './trace.svelte.ts';
import { Training } from './training.svelte.ts';
import { View } from './view.svelte.ts';

/** The window's state classes, and what ties them together. */
export class App {
  readonly connection: Connection;
  readonly document = new ConfigurationDocument();
  readonly catalogue: Catalogue;
  readonly data: DataTable;
  readonly engines: Engines;
  readonly training: Training;
  readonly runs: RunList;
  readonly view = new View();
  readonly notices = new Notices();
  readonly files: Files;
  /** Share of a file that has been handed to the host, while it is. */
  upload = $state<number | undefined>();
  readonly #draft: Draft;
  /** The last file that the system asked to open, once it is open. */
  #opening: Promise<void>;
  #loaded = false;
  #visible = true;

  constructor(connection: Connection, bridge?: WindowBridge) {
    this.connection = connection;
    this.catalogue = new Catalogue(connection);
    this.data = new DataTable(connection);
    this.engines = new Engines(connection);
    this.training = new Training(connection, this.engines);
    this.runs = new RunList(connection);
    this.files = new Files(connection, bridge);
    this.#draft = new Draft(connection, () => ({
      document: this.document.draft(),
      page: this.view.page,
      shown: this.training.shown?.run,
    }));
    this.#opening = this.#draft.restored;
    this.document.changed.add(() => {
      this.#follow();
    });
    this.data.prepared.add(() => {
      this.#followRows();
    });
    this.training.runsChanged.add(() => void this.runs.load());
    this.training.givenUp.add((message) => {
      this.say(message);
    });
    this.runs.deletions.add((run) => {
      this.training.forget(run);
      this.keepSoon();
    });
    connection.events.add((event) => {
      this.#take(event);
    });
    connection.opened.add(() => void this.#opened());
    this.engines.restarted.add((role) => void this.#restarted(role));
  }

  /** A target that the data take below its bound, with which a run would be refused. */
  readonly brokenBound = $derived.by(() => {
    const { current } = this.document;
    return current === null ? undefined : brokenBound(current, this.data.preparation?.targets ?? []);
  });

  /** Why training cannot be started, or nothing. */
  readonly trainReason: string | undefined = $derived.by(() => {
    if (this.connection.reason !== undefined) return this.connection.reason;
    if (this.engines.isDown('train')) return 'The training engine has ended: start it again first.';
    if (this.document.current === null) return 'Choose data first.';
    if (this.data.opening) return 'The data is being read.';
    if (this.data.error !== undefined) return 'The data cannot be read: see step 1.';
    if (this.document.epochsByRows && this.data.preparing && this.data.preparation === undefined)
      return 'The rows are being counted.';
    if (this.data.inspection !== undefined && this.data.targets.length === 0)
      return 'No column is a target: choose one in step 1.';
    if (this.data.preparationError !== undefined) return 'The data is not ready for training: see step 1.';
    if (this.brokenBound !== undefined) return `${this.brokenBound.name} is below its bound in the data: see step 3.`;
    const step = this.catalogue.problemStep;
    if (step !== undefined) return `The configuration has a problem: see the ${step} step.`;
    return undefined;
  });

  /** Does what a menu entry, a shortcut or a button asks for, or says why not. */
  async command(command: Command): Promise<void> {
    const reason = this.reasonAgainst(command);
    if (reason === undefined) await carryOut(this, command);
    else this.say(reason);
  }

  /** Why a command cannot be carried out now, or nothing. */
  reasonAgainst(command: Command): string | undefined {
    return reasonAgainst(this, command);
  }

  go(page: Page): void {
    this.view.page = page;
    this.view.comparing = false;
    this.notices.problem = undefined;
    this.keepSoon();
  }

  /** Keeps the work in the window once it has been left alone for a moment. */
  keepSoon(): void {
    this.#draft.saveSoon();
  }

  /** Asks for a file and opens it. */
  open(kind: FileKind): Promise<void> {
    return chooseFile(this, kind);
  }

  /** Asks for the data file that the configuration names and that cannot be read where it says. */
  locate(): Promise<void> {
    return locateFile(this);
  }

  /** Opens a file dropped on the window. */
  drop(file: File): Promise<void> {
    return openDropped(this, file);
  }

  openPath(path: string, kind: FileKind): Promise<void> {
    return openPath(this, path, kind);
  }

  /** Takes a sample with its recommended configuration, and a method of one's choice. */
  takeSample(id: string, method?: RunConfiguration['constraint']['method'], page: Page = 'data'): Promise<void> {
    return takeSample(this, id, method, page);
  }

  /** Makes a run's configuration the one in work. */
  duplicate(run: string): Promise<void> {
    return duplicateRun(this, run);
  }

  /** Saves the document where it lies, or where the person wants it: `elsewhere`, or when it has no place yet. */
  save(elsewhere = false): Promise<void> {
    return saveDocument(this, elsewhere);
  }

  async train(): Promise<void> {
    const { current } = this.document;
    if (current === null || this.trainReason !== undefined) return;
    this.view.zoom = undefined;
    const trace = await this.training.start(current);
    this.go('train');
    if (trace === undefined) this.notices.problem = this.training.error;
  }

  /** Goes on with a run that ended before it was done, and shows it. */
  async resumeRun(run: string): Promise<void> {
    this.view.zoom = undefined;
    await this.training.resumeRun(run);
    this.go('train');
    const { current, error } = this.training;
    if (error === undefined && current !== undefined && current.run !== run)
      this.say(
        current.state === 'paused'
          ? 'It waits for the paused run: go on with that, or stop it.'
          : 'It waits for the run at work.',
      );
  }

  /** Opens a run of the list with its curves and its result. */
  async openRun(run: string, page?: Page): Promise<void> {
    await this.attempt(async () => {
      const trace = await this.training.show(run);
      this.view.zoom = undefined;
      this.go(page ?? (trace.result === undefined ? 'train' : 'result'));
    });
  }

  /** Opens a page of the list in the system's browser; in the browser host that is a tab beside this one. */
  async openLink(link: (typeof externalLinks)[number]): Promise<void> {
    await this.attempt(async () => {
      const { address } = await this.connection.call('openExternal', { link });
      if (address !== undefined) window.open(address, '_blank', 'noopener,noreferrer');
    });
  }

  /** Says something in passing. */
  say(text: string): void {
    this.notices.say(text);
  }

  /** Does what a person asked for, and shows why where it cannot be done. */
  attempt(work: () => Promise<void>): Promise<void> {
    return this.notices.attempt(work);
  }

  /** Puts text on the clipboard and says so. */
  async copy(text: string, what: string): Promise<void> {
    await this.attempt(async () => {
      await navigator.clipboard.writeText(text);
      this.say(`${what} was copied.`);
    });
  }

  /** Tells the host whether metrics are worth sending, and fetches what was missed. */
  async visibilityChanged(visible: boolean): Promise<void> {
    this.#visible = visible;
    if (this.connection.status !== 'open') return;
    await this.notices.load(async () => {
      const { missed } = await this.connection.call('setVisible', { visible });
      const { current } = this.training;
      if (missed && current !== undefined) await this.training.reload(current);
    });
  }

  /** Whether a run was trained on other data than those in work. */
  isOfOtherData({ configuration }: Pick<RunTrace, 'configuration'>): boolean {
    const { current } = this.document;
    return (
      current !== null && configuration !== undefined && !sameDocument(configuration.data.source, current.data.source)
    );
  }

  /** What a configuration's data is called. */
  sourceName(configuration: RunConfiguration): string {
    const { source } = configuration.data;
    return source.kind === 'sample' ? source.id : (source.path.split(/[\\/]/).at(-1) ?? source.path);
  }

  /** Fills the window, when it was opened and each time the line has come back. */
  async #opened(): Promise<void> {
    await this.notices.load(async () => {
      // A new line counts as that of a window in view.
      if (!this.#visible) await this.connection.call('setVisible', { visible: false });
      let shown: unknown;
      // The host has the draft at once; the engine may still be starting.
      await this.#draft.restore((draft) => {
        shown = this.#restore(draft);
      });
      await this.#load();
      if (typeof shown === 'string') await this.training.showAgain(shown).catch(() => undefined);
      await Promise.all([this.catalogue.loadDoctor(), this.training.findCurrent()]);
      // The engine of a host that crashed ends a moment after it: by now the list may be out of date.
      const trace = this.training.shown;
      if (trace !== undefined && this.runs.of(trace.run)?.state !== trace.state) await this.runs.load();
    });
  }

  /** Asks a process again what another in its place was asked. */
  async #restarted(role: EngineRole): Promise<void> {
    await this.notices.load(async () => {
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

  /** @returns the run that was looked at */
  #restore(draft: Record<string, unknown>): unknown {
    if (!this.document.restore(draft.document)) return undefined;
    const page = pages.find((known) => known === draft.page);
    if (page !== undefined && this.document.current !== null) this.view.page = page;
    return draft.shown;
  }

  #follow(): void {
    this.data.follow(this.document.current);
    this.catalogue.checkSoon(this.document.current);
    this.keepSoon();
    this.#followRows();
  }

  #followRows(): void {
    const rows = this.data.preparation?.split.train;
    if (rows !== undefined) this.document.followRows(rows);
  }

  #take(event: WindowEvent): void {
    if (event.event === 'menu') {
      if (!editsText(event.command)) void this.command(event.command);
    } else if (event.event === 'open-file' || event.event === 'refused') {
      // What is asked for at the start comes before the draft is back, and takes its place; one thing after the other.
      this.#opening = this.#opening.then(() =>
        this.attempt(async () => {
          if (event.event === 'refused') throw fromErrorMessage(event.error);
          await this.openPath(event.path, event.kind);
        }),
      );
    }
  }
}
