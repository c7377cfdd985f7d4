import type { BrowserWindowConstructorOptions } from 'electron';
import { app, BrowserWindow } from 'electron';
import path from 'node:path';
import { appOrigin } from './appOrigin.ts';

/** Options of the window. Those required for security are written out although they are Electron's defaults. */
export function windowOptions(preload: string, isPackaged: boolean): BrowserWindowConstructorOptions {
  return {
    // Electron stores the window's position and size under this name, and restores them on an existing screen.
    name: 'main',
    windowStatePersistence: true,
    width: 1280,
    height: 860,
    minWidth: 800,
    minHeight: 560,
    title: 'Orthant',
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: !isPackaged,
      spellcheck: false,
    },
  };
}

export interface MainWindow {
  /** The window, if it is open. */
  current(): BrowserWindow | undefined;
  /** Brings the window to the front, opening it if it is closed. */
  show(): BrowserWindow;
}

/**
 * The one window.
 *
 * @param built - folder of the built main process
 * @param onOpen - called with each new window before its page is loaded
 */
export function setupMainWindow(built: string, onOpen: (window: BrowserWindow) => void): MainWindow {
  let window: BrowserWindow | undefined;

  const open = (): BrowserWindow => {
    const opened = new BrowserWindow(windowOptions(path.join(built, 'preload.cjs'), app.isPackaged));
    window = opened;
    opened.once('ready-to-show', () => {
      opened.show();
    });
    opened.on('closed', () => {
      if (window === opened) window = undefined;
    });
    let crashes = 0;
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      // The draft of the page's work is saved, so a reload loses nothing; limited, so that it does not repeat for ever.
      if (reason !== 'clean-exit' && crashes++ < 3) opened.webContents.reload();
    });
    onOpen(opened);
    // Rejected if the window is closed before its page is loaded.
    opened.loadURL(`${appOrigin}/index.html`).catch(() => undefined);
    return opened;
  };

  app.on('activate', () => {
    show();
  });

  const show = (): BrowserWindow => {
    if (window === undefined) return open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    return window;
  };
  return { current: () => window, show };
}
