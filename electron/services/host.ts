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

/** What one kind of host can do for one window. */
export interface WindowPlatform {
  chooseFile(kind: FileKind): Promise<string | undefined>;
  chooseOutput(suggestedName: string): Promise<{ path?: string; download?: string }>;
  /** Opens an address of links.ts, or answers it for the window to open. */
  openExternal(address: string): Promise<{ address?: string }>;
  showInFolder(file: string): Promise<void>;
  /** Called when a file was remembered as opened. */
  remembered?(file: string): void;
}

export interface HostOptions {
  readonly kind: 'electron' | 'browser';
  readonly dialogs: boolean;
  /** Of the application. */
  readonly version: string;
  readonly folders: Folders;
  readonly launch: LaunchEngine;
}

/** A window's transport: a port that says whether it has carried away what it was given. */
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
  /** What the system asked for before a window was there. */
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
          if (role === 'train' && state.state === 'running') void this.#tellWatched();
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
   * Begins a run, or goes on with one, in a training process that has the variables it needs, which count only before a
   * process starts. One after the other: the next must not take the process away before this one has begun.
   *
   * @param runtime - the run's runtime settings
   * @param begin - has the process take the run
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

  /** Sends events to a window, first how the engines stand and what waited for a window. */
  addFeed(feed: EventFeed): void {
    this.#feeds.push(feed);
    void this.#tellWatched();
    for (const role of engineRoles) feed.push(this.engines[role].state);
    for (const event of this.#pending.splice(0)) feed.push(event);
  }

  removeFeed(feed: EventFeed): void {
    const place = this.#feeds.indexOf(feed);
    if (place !== -1) this.#feeds.splice(place, 1);
    void this.#tellWatched();
  }

  /**
   * Takes note of whether a window can be seen.
   *
   * @returns whether it may have missed measurements since it was hidden
   */
  async setVisible(feed: EventFeed, visible: boolean): Promise<{ missed: boolean }> {
    const { missed } = feed.setVisible(visible);
    // From the answer on nothing is left out: what the window then fetches and what it is sent leave no gap.
    await this.#tellWatched();
    return { missed: missed || (visible && this.runs.current() !== undefined) };
  }

  /** Tells the training process whether anybody looks: nobody does when every window is hidden, or none is there. */
  async #tellWatched(): Promise<void> {
    const watched = this.#feeds.some(({ visible }) => visible);
    // A process that is not there has nothing to leave out, and is told when it is.
    await this.engines.train.call('setWatched', { watched }).catch(() => undefined);
  }

  /**
   * Hands a file that the system asks to open to a window.
   *
   * @param window - the one that came last, where there is one, or the next one that comes
   */
  openFile(file: string, window: 'last' | 'next' = 'last'): void {
    const absolute = path.resolve(file);
    void this.permissions.open(absolute);
    const event = refusalOf(absolute) ?? { event: 'open-file', path: absolute, kind: kindOfFile(absolute) };
    if (window === 'next') this.#pending.push(event);
    else this.#tell(event);
  }

  /** Hands a command of the menu to the window that came last, or to the next one that comes. */
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

/** What a window is told of a file that cannot be opened, which would otherwise open as an empty table. */
function refusalOf(file: string): Extract<WindowEvent, { event: 'refused' }> | undefined {
  let reason = 'there is no such file';
  try {
    if (!statSync(file).isDirectory()) return undefined;
    reason = 'it is a folder, not a file';
  } catch (error) {
    // Whoever reads it says best why a file that is there cannot be read.
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  }
  const message = `${file} cannot be opened: ${reason}. Choose a data file or a configuration (.orthant).`;
  return { event: 'refused', error: { code: 'file', message } };
}
