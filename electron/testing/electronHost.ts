import type { BrowserWindow as ElectronWindow } from 'electron';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '../../native/contract/channel.ts';
import { connect } from '../../native/contract/channel.ts';
import type { WindowBridge, WindowCalls } from '../../native/contract/window.ts';
import { windowCalls } from '../../native/contract/window.ts';
import { registerAppScheme, setupAppProtocol } from '../main/appProtocol.ts';
import { electronPlatform } from '../main/dialogs.ts';
import type { MainWindow } from '../main/mainWindow.ts';
import { setupMainWindow } from '../main/mainWindow.ts';
import { utilityEngine } from '../main/utilityEngine.ts';
import { setupWindowIpc } from '../main/windowIpc.ts';
import { Host } from '../services/host.ts';
import { RendererFiles } from '../services/rendererFiles.ts';
import { testEngine, testFolders, until } from './testedHost.ts';
import { buildPreload } from './buildHosts.ts';
import type { BrowserWindow } from './electronStub.ts';
import { app } from './electronStub.ts';

/** Electron's host on the stub, with the test engine; the test file mocks `electron`. */
export interface TestedElectron {
  readonly host: Host;
  readonly folder: string;
  readonly main: MainWindow;
  readonly window: BrowserWindow;
  readonly warnings: readonly string[];
  bridge(): WindowBridge;
  /** A client of the page; only one per page, since each counts its calls from one. */
  client(): Client<WindowCalls>;
  close(): Promise<void>;
}

/** @param onOpen - called with the window before its page is loaded */
export async function startTestedElectron(
  onOpen: (host: Host, main: MainWindow) => (window: ElectronWindow) => void = () => () => undefined,
): Promise<TestedElectron> {
  const { folder, folders } = await testFolders();
  mkdirSync(path.join(folder, 'renderer'));
  writeFileSync(path.join(folder, 'renderer', 'index.html'), '<!doctype html>');
  await buildPreload(folder);
  await app.boot(() => {
    registerAppScheme();
    return Promise.resolve();
  });
  setupAppProtocol(new RendererFiles(path.join(folder, 'renderer')));
  const host = new Host({
    kind: 'electron',
    dialogs: true,
    version: '1.2.3',
    folders,
    launch: utilityEngine(testEngine, (text) => process.stderr.write(text)),
  });
  const warnings: string[] = [];
  const connectWindow = setupWindowIpc(host, (text) => warnings.push(text));
  const main = setupMainWindow(folder, (opened) => {
    connectWindow(opened.webContents, electronPlatform(opened, folders.state));
    opening(opened);
  });
  const opening = onOpen(host, main);
  main.show();
  const window = main.current() as unknown as BrowserWindow;
  host.start();
  await until(() => 'orthant' in window.webContents.mainWorld);
  const bridge = (): WindowBridge => window.webContents.mainWorld.orthant as WindowBridge;
  return {
    host,
    folder,
    main,
    window,
    warnings,
    bridge,
    client: () => {
      const own = bridge();
      return connect(
        {
          send: (message) => {
            own.send(message);
          },
          onMessage: (listener) => {
            own.onMessage(listener);
          },
          onClose: () => undefined,
        },
        windowCalls,
      );
    },
    close: async () => {
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
