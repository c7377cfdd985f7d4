import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect } from '../../native/contract/channel.ts';
import type { WindowBridge, WindowCalls } from '../../native/contract/window.ts';
import { windowCalls } from '../../native/contract/window.ts';
import { Host } from '../services/host.ts';
import { RendererFiles } from '../services/rendererFiles.ts';
import { testEngine, testFolders, until } from '../testing/browserHost.ts';
import { buildPreload } from '../testing/buildHosts.ts';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));

const { registerAppScheme, setupAppProtocol } = await import('./appProtocol.ts');
const { setupMainWindow } = await import('./mainWindow.ts');
const { setupWindowIpc } = await import('./windowIpc.ts');
const { utilityEngine } = await import('./utilityEngine.ts');
const { electronPlatform } = await import('./dialogs.ts');

let host: Host;
let folder: string;
let window: stub.BrowserWindow;
const warnings: string[] = [];

beforeAll(async () => {
  const made = await testFolders();
  ({ folder } = made);
  mkdirSync(path.join(folder, 'renderer'));
  writeFileSync(path.join(folder, 'renderer', 'index.html'), '<!doctype html>');
  await buildPreload(folder);
  await stub.app.boot(() => {
    registerAppScheme();
    return Promise.resolve();
  });
  setupAppProtocol(new RendererFiles(path.join(folder, 'renderer')));
  host = new Host({
    kind: 'electron',
    dialogs: true,
    version: '1.2.3',
    folders: made.folders,
    launch: utilityEngine(testEngine, (text) => process.stderr.write(text)),
  });
  const letIn = setupWindowIpc(host, (text) => warnings.push(text));
  const main = setupMainWindow(folder, (opened) => {
    letIn(opened.webContents, electronPlatform(opened, made.folders.state));
  });
  main.show();
  window = main.current() as unknown as stub.BrowserWindow;
  host.start();
  await until(() => 'orthant' in window.webContents.mainWorld);
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

const bridge = (): WindowBridge => window.webContents.mainWorld.orthant as WindowBridge;
const client = (): ReturnType<typeof connect<WindowCalls>> => {
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
};

describe("the window's messages", () => {
  it('travel through three functions and nothing else of Electron', () => {
    expect(Object.keys(window.webContents.mainWorld)).toEqual(['orthant']);
    expect(Object.keys(bridge()).sort()).toEqual(['onMessage', 'pathOfFile', 'send']);
    for (const value of Object.values(bridge())) expect(value).toBeTypeOf('function');
  });

  it('reach host and engine and come back', async () => {
    expect(await client().call('host', {})).toMatchObject({ kind: 'electron', version: '1.2.3', dialogs: true });
    expect(await client().call('status', {})).toEqual({ queued: [] });
  });

  it('show a listener the message and not its event', async () => {
    const heard: unknown[][] = [];
    const end = bridge().onMessage((...args: unknown[]) => {
      if ((args[0] as { kind: string }).kind === 'answer') heard.push(args);
    });
    bridge().send({ kind: 'call', id: 77, name: 'loadDraft', request: {} });
    await until(() => heard.length > 0);
    expect(heard).toEqual([[{ kind: 'answer', id: 77, answer: {} }]]);
    end();
    await client().call('host', {});
    expect(heard.length).toBe(1);
  });

  it('tell where a dropped file lies', () => {
    const file = Object.assign(new File(['a'], 'a.csv'), { path: '/data/a.csv' });
    expect(bridge().pathOfFile(file)).toBe('/data/a.csv');
  });

  it.each([
    ['another page', 'https://example.org/', false],
    ['a page that looks alike', 'app://orthant.evil/', false],
    ['a frame below the top one', 'app://orthant/index.html', true],
  ])('are dropped from %s', async (_what, address, below) => {
    const before = warnings.length;
    const attempts = host.engines.data.pid;
    const frame = stub.frameOf(address, below ? window.webContents.mainFrame : null);
    window.webContents.deliver(
      'orthant',
      [{ kind: 'call', id: 1, name: 'restartEngine', request: { role: 'data' } }],
      frame,
    );
    await until(() => warnings.length > before);
    expect(host.engines.data.pid).toBe(attempts);
  });

  it('are dropped from a page that is gone, and from a window that is not ours', async () => {
    const before = warnings.length;
    window.webContents.deliver('orthant', [{}], null);
    const other = new stub.BrowserWindow();
    other.webContents.deliver('orthant', [{}], stub.frameOf('app://orthant/index.html'));
    await until(() => warnings.length === before + 2);
    other.destroy();
  });

  it('end with a reload: what the old page waited for is cancelled in the engine', async () => {
    const old = client();
    const before = (await old.call('status', {})).queued.length;
    void old.call('doctor', {}).catch(() => undefined);
    await old.call('status', {});
    const loaded = new Promise((resolve) => window.webContents.once('did-finish-load', resolve));
    window.webContents.reload();
    await loaded;
    const fresh = client();
    while ((await fresh.call('status', {})).queued.length === before)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await fresh.call('status', {})).queued.length).toBe(before + 1);
  });
});

describe('utilityEngine', () => {
  it('starts each role as a utility process that is told no options for Node', async () => {
    expect(stub.utilityProcess.forked.map(({ args, options }) => [args, options.serviceName])).toEqual([
      [['--role', 'data'], 'Orthant data'],
      [['--role', 'train'], 'Orthant train'],
    ]);
    for (const { options } of stub.utilityProcess.forked) {
      expect(Object.keys(options.env as object)).not.toContain('NODE_OPTIONS');
    }
    const states: string[] = [];
    const end = host.subscribe((event) => {
      if (event.event === 'engine') states.push(`${event.state} ${event.message ?? ''}`);
    });
    await expect(client().call('renameRun', { run: 'SIGKILL', name: 'x' })).rejects.toThrow(/killed, exit code 9/);
    await until(() => states.some((state) => state.startsWith('running')));
    expect(states[0]).toMatch(/^crashed The data process ended unexpectedly \(killed, exit code 9\)/);
    end();
  });
});
