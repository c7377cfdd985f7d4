import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** An event that a listener can prevent, as Electron hands to listeners. */
export class StubEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** A window as the application closes it. */
export interface Closable {
  close(): void;
  destroy(): void;
  isDestroyed(): boolean;
}

/**
 * `app` with its events in their real order: the main module is evaluated whole, then `ready`; `before-quit`, the
 * windows' `close`, `will-quit`, `quit`, each of the first three able to end it; `window-all-closed` only when windows were
 * closed otherwise.
 */
export class StubApp extends EventEmitter {
  isPackaged = false;
  name = 'Electron';
  /** Recorded calls, for the tests. */
  readonly seen = {
    sandboxed: false,
    paths: new Map<string, string>(),
    recentDocuments: [] as string[],
    exited: false,
    exitCode: 0,
    about: {} as unknown,
  };
  readonly windows = new Set<Closable>();
  #ready = false;
  #quitting = false;
  /** Another instance holds the lock. */
  lockTaken = false;
  readonly #becameReady = deferred();

  isReady(): boolean {
    return this.#ready;
  }
  whenReady(): Promise<undefined> {
    return this.#becameReady.promise;
  }
  /** Evaluates the main module, then becomes ready: Electron waits for the whole of it, top-level `await` included. */
  async boot(load: () => Promise<unknown>): Promise<void> {
    await load();
    this.emit('will-finish-launching');
    this.#ready = true;
    this.emit('ready');
    this.#becameReady.resolve(undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }

  requireReady(what: string): void {
    if (!this.#ready) throw new Error(`${what} can only be used after the app's ready event.`);
  }
  requireNotReady(what: string): void {
    if (this.#ready) throw new Error(`${what} should be called before app is ready.`);
  }

  setName(name: string): void {
    this.name = name;
  }
  setPath(name: string, folder: string): void {
    if (!path.isAbsolute(folder)) throw new Error('Path must be absolute');
    if (!existsSync(folder)) throw new Error(`Failed to set path: ${folder} does not exist`);
    this.seen.paths.set(name, folder);
  }
  getPath(name: string): string {
    return this.seen.paths.get(name) ?? path.join(tmpdir(), name);
  }
  getVersion(): string {
    return '0.0.0';
  }
  setAboutPanelOptions(options: unknown): void {
    this.seen.about = options;
  }
  enableSandbox(): void {
    this.requireNotReady('app.enableSandbox()');
    this.seen.sandboxed = true;
  }
  /** Does not exist on Linux, where this stub runs most often. */
  addRecentDocument(file: string): void {
    if (process.platform === 'linux') throw new TypeError('app.addRecentDocument is not a function');
    this.seen.recentDocuments.push(file);
  }
  requestSingleInstanceLock(): boolean {
    return !this.lockTaken;
  }

  quit(): void {
    if (this.#quitting || this.seen.exited) return;
    const before = new StubEvent();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.#quitting = true;
    setImmediate(() => {
      for (const window of [...this.windows]) window.close();
      // A window that stays open cancels the quit.
      if (this.windows.size === 0) this.#leave();
      this.#quitting = false;
    });
  }
  /** Ends at once, without asking. */
  exit(code = 0): void {
    for (const window of [...this.windows]) window.destroy();
    this.seen.exited = true;
    this.seen.exitCode = code;
    this.emit('quit', new StubEvent(), code);
  }
  /** Called by a window that is gone. */
  windowClosed(window: Closable): void {
    this.windows.delete(window);
    if (this.windows.size > 0 || this.#quitting) return;
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }
  #leave(): void {
    const will = new StubEvent();
    this.emit('will-quit', will);
    if (will.defaultPrevented) return;
    this.seen.exited = true;
    this.emit('quit', new StubEvent(), 0);
  }
}

function deferred(): { promise: Promise<undefined>; resolve: (value: undefined) => void } {
  let resolve: (value: undefined) => void = () => undefined;
  const promise = new Promise<undefined>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export const app = new StubApp();
