import type { externalLinks, WindowBridge } from '../../native/contract/window.ts';
import { brokenBound } from '../logic/bounds.ts';
import { sameDocument } from '../logic/sameDocument.ts';
import type { Page } from '../logic/steps.ts';
import { Catalogue } from './catalogue.svelte.ts';
import { ConfigurationDocument } from './configuration.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { DataTable } from './data.svelte.ts';
import { Draft } from './draft.ts';
import { Engines } from './engines.svelte.ts';
import { Files } from './fileAccess.ts';
import { Messages } from './messages.svelte.ts';
import { RunList } from './runs.svelte.ts';
import type { RunTrace } from './trace.svelte.ts';
import { Training } from './training.svelte.ts';
import { View } from './view.svelte.ts';

/** The parts of the window's state, and the operations that combine them. */
export class Workspace {
  readonly connection: Connection;
  readonly document = new ConfigurationDocument();
  readonly catalogue: Catalogue;
  readonly data: DataTable;
  readonly engines: Engines;
  readonly training: Training;
  readonly runs: RunList;
  readonly view = new View();
  readonly messages = new Messages();
  readonly files: Files;
  readonly draft: Draft;

  constructor(connection: Connection, bridge?: WindowBridge) {
    this.connection = connection;
    this.catalogue = new Catalogue(connection);
    this.data = new DataTable(connection);
    this.engines = new Engines(connection);
    this.training = new Training(connection, this.engines);
    this.runs = new RunList(connection);
    this.files = new Files(connection, bridge);
    this.draft = new Draft(connection, () => ({
      document: this.document.draft(),
      page: this.view.page,
      shown: this.training.shown?.run,
    }));
  }

  /** A target with rows below its bound; the engine would refuse the run. */
  readonly brokenBound = $derived.by(() => {
    const { current } = this.document;
    return current === null ? undefined : brokenBound(current, this.data.preparation?.targets ?? []);
  });

  /** Why training cannot start now; `undefined` if it can. */
  readonly trainReason: string | undefined = $derived.by(() => {
    if (this.connection.reason !== undefined) return this.connection.reason;
    if (this.engines.isDown('train')) return 'The training engine has ended: start it again first.';
    if (this.document.current === null) return 'Choose data first.';
    if (this.data.opening) return 'The data is being read.';
    if (this.data.error !== undefined) return 'The data cannot be read: see step 1.';
    if (this.data.inspection !== undefined && this.data.targets.length === 0)
      return 'No column is a target: choose one in step 1.';
    if (this.data.preparationError !== undefined) return 'The data is not ready for training: see step 1.';
    if (this.brokenBound !== undefined) return `${this.brokenBound.name} is below its bound in the data: see step 3.`;
    const step = this.catalogue.problemStep;
    if (step !== undefined) return `The configuration has a problem: see the ${step} step.`;
    return undefined;
  });

  go(page: Page): void {
    this.view.page = page;
    this.view.comparing = false;
    this.messages.problem = undefined;
    this.draft.saveSoon();
  }

  async train(): Promise<void> {
    const { current } = this.document;
    if (current === null || this.trainReason !== undefined) return;
    this.view.zoom = undefined;
    const trace = await this.training.start(current);
    this.go('train');
    if (trace === undefined) this.messages.problem = this.training.error;
  }

  /** Resumes a run that ended early, and shows it. */
  async resumeRun(run: string): Promise<void> {
    this.view.zoom = undefined;
    await this.training.resumeRun(run);
    this.go('train');
    const { current, error } = this.training;
    if (error === undefined && current !== undefined && current.run !== run)
      this.messages.show(
        current.state === 'paused'
          ? 'It waits for the paused run: resume or stop that run.'
          : 'It waits for the active run.',
      );
  }

  /** Opens a run of the list with its curves and its result. */
  async openRun(run: string, page?: Page): Promise<void> {
    await this.messages.attempt(async () => {
      const trace = await this.training.show(run);
      this.view.zoom = undefined;
      this.go(page ?? (trace.result === undefined ? 'train' : 'result'));
    });
  }

  /** Opens a link in the system's browser; in the browser host, in a new tab. */
  async openLink(link: (typeof externalLinks)[number]): Promise<void> {
    await this.messages.attempt(async () => {
      const { address } = await this.connection.call('openExternal', { link });
      if (address !== undefined) window.open(address, '_blank', 'noopener,noreferrer');
    });
  }

  /** Copies text to the clipboard and confirms it. */
  async copy(text: string, what: string): Promise<void> {
    await this.messages.attempt(async () => {
      await navigator.clipboard.writeText(text);
      this.messages.show(`${what} was copied.`);
    });
  }

  /** Whether a run was trained on other data than the current configuration's. */
  usesOtherData({ configuration }: Pick<RunTrace, 'configuration'>): boolean {
    const { current } = this.document;
    return (
      current !== null && configuration !== undefined && !sameDocument(configuration.data.source, current.data.source)
    );
  }
}
