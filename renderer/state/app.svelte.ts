import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import type { externalLinks, FileKind, menuCommands, WindowBridge, WindowEvent } from '../../native/contract/window.ts';
import { editsText } from '../logic/shortcuts.ts';
import { pages, type Page } from '../logic/steps.ts';
import { Catalogue } from './catalogue.svelte.ts';
import { ConfigurationDocument } from './configuration.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { DataTable } from './data.svelte.ts';
import { Files } from './files.ts';
import { RunList } from './runs.svelte.ts';
import { Training } from './training.svelte.ts';
import { View } from './view.svelte.ts';

export type Command = (typeof menuCommands)[number];

const autosaveDelay = 400;

/** The window's state classes, and what ties them together. */
export class App {
  readonly connection: Connection;
  readonly document = new ConfigurationDocument();
  readonly catalogue: Catalogue;
  readonly data: DataTable;
  readonly training: Training;
  readonly runs: RunList;
  readonly view = new View();
  readonly files: Files;
  /** Why the last thing asked for could not be done; shown on the page where it was asked. */
  problem = $state.raw<ErrorMessage | undefined>();
  /** Share of a file that has been handed to the host, while it is. */
  upload = $state<number | undefined>();
  ready = $state(false);
  /** What was done that cannot be seen, for screen readers and for a moment. */
  said = $state<string | undefined>();
  #autosave: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, bridge?: WindowBridge) {
    this.connection = connection;
    this.catalogue = new Catalogue(connection);
    this.data = new DataTable(connection);
    this.training = new Training(connection);
    this.runs = new RunList(connection);
    this.files = new Files(connection, bridge);
    this.document.onChange(() => {
      this.#follow();
    });
    this.training.onRunsChanged(() => void this.runs.load());
    connection.onEvent((event) => {
      this.#take(event);
    });
    connection.onOpen(() => void this.#opened());
  }

  /** Why training cannot be started, or nothing. */
  readonly trainReason: string | undefined = $derived.by(() => {
    if (this.connection.status !== 'open') return 'The connection to Orthant is being restored.';
    if (this.document.current === null) return 'Choose data first.';
    if (this.data.opening) return 'The data is being read.';
    if (this.data.error !== undefined) return 'The data cannot be read: see step 1.';
    if (this.data.inspection !== undefined && this.data.targets.length === 0)
      return 'No column is a target: choose one in step 1.';
    if (this.data.preparationError !== undefined) return 'The data is not ready for training: see step 1.';
    const step = this.catalogue.problemStep;
    if (step !== undefined) return `The configuration has a problem: see the ${step} step.`;
    return undefined;
  });

  /** Does what a menu entry, a shortcut or a button asks for. */
  async command(command: Command): Promise<void> {
    switch (command) {
      case 'open-data':
        await this.open('data');
        break;
      case 'open-configuration':
        await this.open('configuration');
        break;
      case 'save-configuration':
        await this.save();
        break;
      case 'undo':
        this.document.undo();
        break;
      case 'redo':
        this.document.redo();
        break;
      case 'train':
        await this.train();
        break;
      case 'pause':
        if (this.training.current?.state === 'paused') await this.training.resume();
        else await this.training.pause();
        break;
      case 'stop':
        await this.training.stop();
        break;
      case 'one-epoch':
        await this.training.oneEpoch();
        break;
      case 'help':
        this.view.dialog = 'help';
        break;
      default:
        this.go(command.slice('show-'.length) as Page);
    }
  }

  go(page: Page): void {
    this.view.page = page;
    this.view.comparing = false;
    this.problem = undefined;
    this.#autosaveSoon();
  }

  /** Asks for a file and opens it. */
  async open(kind: FileKind): Promise<void> {
    await this.attempt(async () => {
      const path = await this.files.choose(kind, this.#uploading);
      if (path !== undefined) await this.openPath(path, kind);
    });
    this.upload = undefined;
  }

  /** Opens files dropped on the window. */
  async drop(file: File): Promise<void> {
    await this.attempt(async () => {
      const path = await this.files.dropped(file, this.#uploading);
      await this.openPath(path, /\.orthant$/i.test(file.name) ? 'configuration' : 'data');
    });
    this.upload = undefined;
  }

  async openPath(path: string, kind: FileKind): Promise<void> {
    if (kind === 'configuration') {
      const { text } = await this.connection.call('readDocument', { path });
      this.document.read(text, 'open a document', path);
    } else {
      this.document.replace('open data', runConfigurationSchema.parse({ data: { source: { kind: 'file', path } } }));
    }
    this.view.lookAtTable();
    this.go('data');
    await this.catalogue.remember(path, kind);
  }

  /** Takes a sample with its recommended configuration, and a method of one's choice. */
  async takeSample(id: string, method?: RunConfiguration['constraint']['method'], page: Page = 'data'): Promise<void> {
    const from = this.view.page;
    await this.attempt(async () => {
      const configuration = structuredClone(await this.catalogue.recommended(id));
      if (method !== undefined) configuration.constraint.method = method;
      this.document.replace(`take the sample ${id}`, configuration);
      this.view.lookAtTable();
      // Whoever has gone on to a step meanwhile stays there.
      if (this.view.page === from) this.go(page);
    });
  }

  async save(): Promise<void> {
    await this.attempt(async () => {
      if (this.document.current === null) return;
      const name = this.document.current.name ?? this.sourceName(this.document.current);
      const path = await this.files.saveText(`${name.replaceAll(/[^\w.-]+/g, '-')}.orthant`, this.document.text());
      if (path !== undefined) this.document.path = path;
    });
  }

  async train(configuration = this.document.current): Promise<void> {
    if (configuration === null || this.trainReason !== undefined) return;
    this.view.zoom = undefined;
    const trace = await this.training.start(configuration);
    this.go('train');
    if (trace === undefined) this.problem = this.training.error;
  }

  /** Opens a run of the list with its curves and its result. */
  async openRun(run: string, page?: Page): Promise<void> {
    await this.attempt(async () => {
      const trace = await this.training.show(run);
      this.view.zoom = undefined;
      this.go(page ?? (trace.result === undefined ? 'train' : 'result'));
    });
  }

  /** Makes a run's configuration the one in work. */
  async duplicate(run: string): Promise<void> {
    await this.attempt(async () => {
      const { configuration } = await this.connection.call('runRecord', { run });
      this.document.replace('take over the configuration of a run', configuration);
      this.go('constraint');
    });
  }

  /** Opens a page of the list in the system's browser; in the browser host that is a tab beside this one. */
  async openLink(link: (typeof externalLinks)[number]): Promise<void> {
    await this.attempt(async () => {
      const { address } = await this.connection.call('openExternal', { link });
      if (address !== undefined) window.open(address, '_blank', 'noopener,noreferrer');
    });
  }

  /** Puts text on the clipboard and says so. */
  async copy(text: string, what: string): Promise<void> {
    await this.attempt(async () => {
      await navigator.clipboard.writeText(text);
      this.said = `${what} was copied.`;
    });
  }

  /** Tells the host whether metrics are worth sending, and fetches what was missed. */
  async visibilityChanged(visible: boolean): Promise<void> {
    if (this.connection.status !== 'open') return;
    await this.attempt(async () => {
      const { missed } = await this.connection.call('setVisible', { visible });
      const { current } = this.training;
      if (missed && current !== undefined) await this.training.reload(current);
    });
  }

  /** What a configuration's data is called. */
  sourceName(configuration: RunConfiguration): string {
    const { source } = configuration.data;
    return source.kind === 'sample' ? source.id : (source.path.split(/[\\/]/).at(-1) ?? source.path);
  }

  async attempt(work: () => Promise<void>): Promise<void> {
    this.problem = undefined;
    try {
      await work();
    } catch (error) {
      const message = toErrorMessage(error);
      if (message.code !== 'cancelled') this.problem = message;
    }
  }

  readonly #uploading = (share: number): void => {
    this.upload = share;
  };

  async #opened(): Promise<void> {
    await this.attempt(async () => {
      await this.catalogue.load();
      if (this.ready) this.data.refresh();
      else await this.#restore();
      this.ready = true;
      await Promise.all([this.runs.load(), this.catalogue.loadDoctor(), this.training.findCurrent()]);
    });
  }

  async #restore(): Promise<void> {
    const { draft } = await this.connection.call('loadDraft', {});
    if (draft === undefined) return;
    if (!this.document.restore(draft.document)) return;
    const page = pages.find((known) => known === draft.page);
    if (page !== undefined && this.document.current !== null) this.view.page = page;
    const shown = draft.shown;
    if (typeof shown === 'string') await this.training.show(shown).catch(() => undefined);
  }

  #follow(): void {
    this.data.follow(this.document.current);
    this.catalogue.checkSoon(this.document.current);
    this.#autosaveSoon();
  }

  #autosaveSoon(): void {
    if (!this.ready) return;
    clearTimeout(this.#autosave);
    this.#autosave = setTimeout(() => {
      const draft = { document: this.document.draft(), page: this.view.page, shown: this.training.shown?.run };
      // A draft that could not be kept costs nothing now; the next change tries again.
      this.connection
        .call('saveDraft', { draft: JSON.parse(JSON.stringify(draft)) as Record<string, unknown> })
        .catch(() => undefined);
    }, autosaveDelay);
  }

  #take(event: WindowEvent): void {
    if (event.event === 'menu') {
      if (!editsText(event.command)) void this.command(event.command);
    } else if (event.event === 'open-file') void this.attempt(() => this.openPath(event.path, event.kind));
    else if (event.event === 'engine' && event.state === 'running') {
      if (event.role === 'data') void this.#opened();
      else void this.catalogue.loadDoctor();
    }
  }
}
