import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { app, StubEvent } from './app.ts';
import { exposeApi } from './contextBridge.ts';
import { load } from './electronSession.ts';

/** A frame as `senderFrame` shows it; a navigation brings a new one. */
export interface StubFrame {
  url: string;
  origin: string;
  parent: StubFrame | null;
}

const originOf = (address: string): string => {
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
};
export const frameOf = (url: string, parent: StubFrame | null = null): StubFrame => ({
  url,
  origin: originOf(url),
  parent,
});

export const ipcMain = new EventEmitter();

/**
 * A page: its main world, and the preload script's view of it. Every message between it and the main process is a
 * structured clone that arrives in a separate turn.
 */
export class StubWebContents extends EventEmitter {
  mainFrame: StubFrame = frameOf('about:blank');
  /** The page's `window`, as far as the preload script has put something there. */
  mainWorld: Record<string, unknown> = {};
  readonly preferences: Record<string, unknown>;
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  reloads = 0;
  #ipcRenderer = new EventEmitter();
  #destroyed = false;
  #ready: () => void;

  constructor(preferences: Record<string, unknown>, ready: () => void) {
    super();
    this.preferences = preferences;
    this.#ready = ready;
  }

  /** The module that the preload script of the current page gets for `electron`. */
  get rendererModule(): Record<string, unknown> {
    const channel = this.#ipcRenderer;
    return {
      ipcRenderer: Object.assign(channel, {
        send: (name: string, ...args: unknown[]) => {
          this.deliver(name, args, this.mainFrame);
        },
      }),
      contextBridge: {
        exposeInMainWorld: (name: string, api: unknown) => {
          this.mainWorld[name] = exposeApi(api);
        },
      },
      webUtils: {
        getPathForFile: (file: unknown) => {
          if (!(file instanceof File)) throw new TypeError('The argument is not a File.');
          return (file as File & { path?: string }).path ?? '';
        },
      },
    };
  }

  /** Brings a message of a frame to the main process. */
  deliver(name: string, args: unknown[], frame: StubFrame | null): void {
    const copies = args.map((argument) => structuredClone(argument));
    setImmediate(() => {
      if (!this.#destroyed) ipcMain.emit(name, { sender: this, senderFrame: frame, ports: [] }, ...copies);
    });
  }

  send(name: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    const copies = args.map((argument) => structuredClone(argument));
    const page = this.#ipcRenderer;
    setImmediate(() => page.emit(name, { sender: page, senderId: 0 }, ...copies));
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  async load(address: string): Promise<void> {
    this.emit('did-start-navigation', { url: address, isMainFrame: true, isSameDocument: false });
    const response = await load(address);
    if (!response.ok) throw new Error(`ERR_FAILED (${response.status}) loading ${address}`);
    await response.text();
    this.mainFrame = frameOf(address);
    this.mainWorld = {};
    this.#ipcRenderer = new EventEmitter();
    if (typeof this.preferences.preload === 'string') this.#runPreload(this.preferences.preload);
    this.emit('dom-ready');
    this.emit('did-finish-load');
    this.#ready();
  }

  reload(): void {
    this.reloads += 1;
    void this.load(this.mainFrame.url);
  }

  /** Requests a navigation, as a link in the page does; returns whether it is allowed. */
  navigate(address: string, event = 'will-navigate'): boolean {
    const navigation = Object.assign(new StubEvent(), { url: address, isMainFrame: true });
    this.emit(event, navigation, address);
    return !navigation.defaultPrevented;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  destroy(): void {
    this.#destroyed = true;
    this.emit('destroyed');
  }

  /** A sandboxed preload script is CommonJS and may require very little. */
  #runPreload(file: string): void {
    const modules: Record<string, unknown> = { electron: this.rendererModule };
    const require = (name: string): unknown => {
      const found = modules[name];
      if (found === undefined) throw new Error(`module not found: ${name}`);
      return found;
    };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as Electron does: a function around the script's text
    const run = new Function('require', 'module', 'exports', readFileSync(file, 'utf8')) as (
      ...args: unknown[]
    ) => void;
    const exports = {};
    run(require, { exports }, exports);
  }
}

export class BrowserWindow extends EventEmitter {
  readonly options: Record<string, unknown>;
  readonly webContents: StubWebContents;
  readonly seen = { progress: [] as [number, unknown][], shown: 0 };
  focused = true;
  #destroyed = false;

  constructor(options: Record<string, unknown> = {}) {
    super();
    app.requireReady('BrowserWindow');
    this.options = options;
    this.webContents = new StubWebContents((options.webPreferences ?? {}) as Record<string, unknown>, () => {
      this.emit('ready-to-show');
    });
    app.windows.add(this);
    app.emit('web-contents-created', new StubEvent(), this.webContents);
    app.emit('browser-window-created', new StubEvent(), this);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...app.windows] as BrowserWindow[];
  }

  loadURL(address: string): Promise<void> {
    return this.webContents.load(address);
  }
  show(): void {
    this.seen.shown += 1;
  }
  focus(): void {
    this.focused = true;
  }
  isFocused(): boolean {
    return this.focused && !this.#destroyed;
  }
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  setProgressBar(value: number, options?: unknown): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    this.seen.progress.push([value, options]);
  }
  close(): void {
    if (this.#destroyed) return;
    const event = new StubEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.webContents.destroy();
    this.emit('closed');
    app.windowClosed(this);
  }
}
