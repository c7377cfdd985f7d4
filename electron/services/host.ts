import { statSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { MessagePortLike } from '../../native/contract/channel.ts';
import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { EngineRole } from '../../native/contract/engine.ts';
import { engineRoles } from '../../native/contract/engine.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import type { Command } from '../../native/contract/commands.ts';
import type { FileKind, WindowEvent } from '../../native/contract/window.ts';
import { Drafts } from './drafts.ts';
import { EngineOwner } from './engineOwner.ts';
import type { Environment, LaunchEngine } from './engineProcess.ts';
import type { EventFeed } from './eventFeed.ts';
import type { Folders } from './folders.ts';
import { Permissions } from './permissions.ts';
import { kindOfFile, RecentFiles } from './recentFiles.ts';
import type { RunWatch } from './runWatch.ts';
import { UploadNames } from './uploadNames.ts';

/** Platform functions of one kind of host for one window. */
export interface WindowPlatform {
  chooseFile(kind: FileKind): Promise<string | undefined>;
  chooseOutput(suggestedName: string): Promise<{ path?: string; download?: string }>;
  /** Opens an address of links.ts, or returns it for the window to open. */
  openExternal(address: string): Promise<{ address?: string }>;
  showInFolder(file: string): Promise<void>;
  /** Called when a file was remembered as opened. */
  remembered?(file: string): void;
}

export interface HostOptions {
  readonly kind: 'electron' | 'browser';
  readonly dialogs: boolean;
  /** Version of the application. */
  readonly version: string;
  readonly folders: Folders;
  readonly launch: LaunchEngine;
}

/** A window's transport: a port that reports whether it still has unsent data. */
export interface WindowPort extends MessagePortLike {
  congested?(): boolean;
}

/**
 * The services behind the windows, the same in Electron and in a browser: two engine processes, recent files, drafts,
 * and the events on their way to every window.
 */
export class Host {
  readonly options: HostOptions;
  readonly recentFiles: RecentFiles;
  readonly drafts: Drafts;
  /** The files and folders that windows may use. */
  readonly permissions: Permissions;
  /** Names of uploaded files in messages to windows. */
  readonly uploadNames: UploadNames;
  readonly engines: Record<EngineRole, EngineOwner>;
  readonly #feeds: EventFeed[] = [];
  readonly #listeners = new Set<(event: WindowEvent) => void>();
  #lastBegun: Promise<unknown> = Promise.resolve();
  /** Requests of the system that came before the first window. */
  readonly #pending: WindowEvent[] = [];

  constructor(options: HostOptions) {
    this.options = options;
    this.recentFiles = new RecentFiles(options.folders.state);
    this.drafts = new Drafts(options.folders.state, options.kind);
    this.permissions = new Permissions(options.folders);
    this.uploadNames = new UploadNames(options.folders.uploads);
    const own = (role: EngineRole, environment?: () => Promise<Environment>): EngineOwner =>
      new EngineOwner({
        role,
        ...(environment === undefined ? {} : { environment }),
        launch: options.launch,
        onState: (state) => {
          this.#publish(state);
          if (role === 'train' && state.state === 'running') void this.#reportWatched();
        },
        onEvent: (event) => {
          this.#publish(this.uploadNames.inEvent(event));
        },
      });
    this.engines = { data: own('data'), train: own('train', () => this.#trainEnvironment({})) };
  }

  /** The runs of the training process. */
  get runs(): RunWatch {
    return this.engines.train.runs;
  }

  start(): void {
    for (const role of engineRoles) this.engines[role].start();
  }

  /** Ends both engine processes; resolves once they are gone. */
  async close(): Promise<void> {
    await Promise.all(engineRoles.map((role) => this.engines[role].close()));
  }

  /**
   * Starts or resumes a run in a training process with the variables it needs, which take effect only at the start of a
   * process. Runs start one after the other: the next must not end the process before this one has started.
   *
   * @param runtime - the run's runtime settings
   * @param begin - passes the run to the process
   * @throws OrthantError `engine` when another run is under way in a process with other variables
   */
  beginRun<Begun>(runtime: RunConfiguration['runtime'], begin: () => Promise<Begun>): Promise<Begun> {
    const begun = this.#lastBegun.then(async () => {
      await this.#prepareTraining(runtime);
      return begin();
    });
    this.#lastBegun = begun.catch(() => undefined);
    return begun;
  }

  async #prepareTraining(runtime: RunConfiguration['runtime']): Promise<void> {
    const needed = await this.#trainEnvironment(runtime);
    const { train } = this.engines;
    if (isDeepStrictEqual(needed, train.environment)) return;
    if (this.runs.current() !== undefined) {
      throw new OrthantError(
        'engine',
        'This run needs the training process started in another way (its device, or deterministic kernels), which would end the run under way. Wait until that has ended, or choose the same runtime settings.',
        { field: 'configuration.runtime' },
      );
    }
    await train.restart(needed);
  }

  #trainEnvironment(runtime: Partial<RunConfiguration['runtime']>): Promise<Environment> {
    return this.engines.data.call('trainEnvironment', runtime) as Promise<Environment>;
  }

  /** Calls `listener` for every event that windows get, before them; the returned function ends that. */
  subscribe(listener: (event: WindowEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends events to a window, first the states of the engines and the events that waited for a window. */
  addFeed(feed: EventFeed): void {
    this.#feeds.push(feed);
    void this.#reportWatched();
    for (const role of engineRoles) feed.push(this.engines[role].state);
    for (const event of this.#pending.splice(0)) feed.push(event);
  }

  removeFeed(feed: EventFeed): void {
    const place = this.#feeds.indexOf(feed);
    if (place !== -1) this.#feeds.splice(place, 1);
    void this.#reportWatched();
  }

  /**
   * Records whether a window is visible.
   *
   * @returns whether it may have missed measurements since it was hidden
   */
  async setVisible(feed: EventFeed, visible: boolean): Promise<{ missed: boolean }> {
    const { missed } = feed.setVisible(visible);
    // From this answer on nothing is left out: between fetched and sent measurements there is no gap.
    await this.#reportWatched();
    return { missed: missed || (visible && this.runs.current() !== undefined) };
  }

  /** Reports to the training process whether a window is visible; none is when all are hidden or closed. */
  async #reportWatched(): Promise<void> {
    const watched = this.#feeds.some(({ visible }) => visible);
    // A process that does not run leaves nothing out, and gets the value when it starts.
    await this.engines.train.call('setWatched', { watched }).catch(() => undefined);
  }

  /**
   * Passes a file that the system asks to open to a window.
   *
   * @param window - the latest window, if there is one, or the next one that connects
   */
  openFile(file: string, window: 'last' | 'next' = 'last'): void {
    const absolute = path.resolve(file);
    void this.permissions.open(absolute);
    const event = refusalOf(absolute) ?? { event: 'open-file', path: absolute, kind: kindOfFile(absolute) };
    if (window === 'next') this.#pending.push(event);
    else this.#tell(event);
  }

  /** Passes a command of the menu to the latest window, or to the next one that connects. */
  menu(command: Command): void {
    this.#tell({ event: 'menu', command });
  }

  #tell(event: WindowEvent): void {
    const feed = this.#feeds.at(-1);
    if (feed === undefined) this.#pending.push(event);
    else feed.push(event);
  }

  #publish(event: WindowEvent): void {
    for (const listener of this.#listeners) listener(event);
    for (const feed of this.#feeds) feed.push(event);
  }
}

/** The error event for a file that cannot be opened, which would otherwise open as an empty table. */
function refusalOf(file: string): Extract<WindowEvent, { event: 'refused' }> | undefined {
  let reason = 'there is no such file';
  try {
    if (!statSync(file).isDirectory()) return undefined;
    reason = 'it is a folder, not a file';
  } catch (error) {
    // The reader of an existing file gives the best reason why it cannot be read.
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  }
  const message = `${file} cannot be opened: ${reason}. Choose a data file or a configuration (.orthant).`;
  return { event: 'refused', error: { code: 'file', message } };
}
