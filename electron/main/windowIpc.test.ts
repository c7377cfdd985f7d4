import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../native/contract/channel.ts';
import type { WindowBridge, WindowCalls } from '../../native/contract/window.ts';
import { Host } from '../services/host.ts';
import { until } from '../testing/testedHost.ts';
import type { TestedElectron } from '../testing/electronHost.ts';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { startTestedElectron } = await import('../testing/electronHost.ts');

let tested: TestedElectron;
let host: Host;
let window: stub.BrowserWindow;
let warnings: readonly string[];
beforeAll(async () => {
  tested = await startTestedElectron();
  ({ host, window, warnings } = tested);
});
afterAll(async () => {
  await tested.close();
});
const bridge = (): WindowBridge => tested.bridge();
const client = (): Client<WindowCalls> => tested.client();

describe("the window's messages", () => {
  it('travel through three functions and nothing else of Electron', () => {
    expect(Object.keys(window.webContents.mainWorld)).toEqual(['orthant']);
    expect(Object.keys(bridge()).sort()).toEqual(['onMessage', 'pathOfFile', 'send']);
    for (const value of Object.values(bridge())) expect(value).toBeTypeOf('function');
  });

  it('reach host and engine and come back, as copies and without ports', async () => {
    expect(await client().call('host', {})).toMatchObject({ kind: 'electron', version: '1.2.3', dialogs: true });
    expect(await client().call('status', {})).toEqual({ queued: [] });
    // The application passes no MessagePort, so the stub has none: a message with one would fail there.
    expect(stub).not.toHaveProperty('MessageChannelMain');
    const { process: engine } = stub.utilityProcess.forked[0]!;
    expect(() => {
      engine.postMessage({}, [{}]);
    }).toThrow('Invalid value for transfer');
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

  it('save a document even if it cannot be remembered as opened', async () => {
    const recent = path.join(host.options.folders.state, 'recent-files.json');
    const file = path.join(tested.folder, 'saved.orthant');
    mkdirSync(recent, { recursive: true });
    try {
      stub.dialog.answers.push({ canceled: false, filePath: file });
      await client().call('chooseOutput', { suggestedName: 'saved.orthant' });
      await client().call('writeDocument', { path: file, text: '{}' });
      expect(readFileSync(file, 'utf8')).toBe('{}');
    } finally {
      rmdirSync(recent);
    }
  });

  it('carry the path of a dropped file, which the host then reads, but not of a file made by a page', async () => {
    const [dropped, other] = ['dropped.orthant', 'other.orthant'].map((name) => path.join(tested.folder, name));
    for (const file of [dropped!, other!]) writeFileSync(file, '{}');
    const file = Object.assign(new File(['a'], 'dropped.orthant'), { path: dropped });
    expect(bridge().pathOfFile(file)).toBe(dropped);
    expect(bridge().pathOfFile(new File(['a'], other!))).toBe('');
    const window = client();
    expect(await window.call('readDocument', { path: dropped! })).toEqual({ text: '{}' });
    await expect(window.call('readDocument', { path: other! })).rejects.toMatchObject({ code: 'file' });
    // A page cannot use that channel; nor could a frame of another page.
    const before = warnings.length;
    tested.window.webContents.deliver('orthant-dropped', [other], stub.frameOf('https://example.org/'));
    await until(() => warnings.length > before);
    await expect(window.call('readDocument', { path: other! })).rejects.toMatchObject({ code: 'file' });
  });

  it('save a configuration again where it was saved, also after a restart', async () => {
    const saved = path.join(tested.folder, 'saved.orthant');
    const window = client();
    stub.dialog.answers.push({ canceled: false, filePath: saved });
    await window.call('chooseOutput', { suggestedName: 'saved.orthant' });
    await window.call('writeDocument', { path: saved, text: '{}' });
    expect(await window.call('recentFiles', {})).toMatchObject([{ path: saved, kind: 'configuration' }]);
    expect(await new Host(host.options).permissions.has('write', saved)).toBe(true);
  });

  it('write a configuration where a dialog opened it, and no other JSON file', async () => {
    const [opened, other] = ['opened.json', 'other.json'].map((name) => path.join(tested.folder, name)) as [
      string,
      string,
    ];
    const window = client();
    await expect(window.call('writeDocument', { path: opened, text: '{}' })).rejects.toMatchObject({ code: 'file' });
    stub.dialog.answers.push({ canceled: false, filePaths: [opened] });
    expect(await window.call('chooseFile', { kind: 'configuration' })).toEqual({ path: opened });
    await window.call('writeDocument', { path: opened, text: '{}' });
    expect(readFileSync(opened, 'utf8')).toBe('{}');
    stub.dialog.answers.push({ canceled: false, filePaths: [other] });
    await window.call('chooseFile', { kind: 'data' });
    await expect(window.call('writeDocument', { path: other, text: '{}' })).rejects.toMatchObject({ code: 'file' });
  });

  it.each([
    ['another page', 'https://example.org/', false],
    ['a page with a similar address', 'app://orthant.evil/', false],
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

  it('are dropped from a closed page, and from a window that is not ours', async () => {
    const before = warnings.length;
    window.webContents.deliver('orthant', [{}], null);
    const other = new stub.BrowserWindow();
    other.webContents.deliver('orthant', [{}], stub.frameOf('app://orthant/index.html'));
    await until(() => warnings.length === before + 2);
    other.destroy();
  });

  it('end with a reload: the calls of the old page are cancelled in the engine', async () => {
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
  it('starts each role as a utility process without options for Node', async () => {
    expect(stub.utilityProcess.forked.map(({ args, options }) => [args, options.serviceName])).toEqual([
      [['--role', 'data'], 'Orthant data'],
      [['--role', 'train', '--background'], 'Orthant train'],
    ]);
    for (const { options } of stub.utilityProcess.forked) {
      expect(Object.keys(options.env as object)).not.toContain('NODE_OPTIONS');
    }
    const states: string[] = [];
    const end = host.subscribe((event) => {
      if (event.event === 'engine') states.push(`${event.state} ${event.message ?? ''}`);
    });
    const run = path.join(tested.folder, 'runs', 'SIGKILL');
    await expect(client().call('renameRun', { run, name: 'x' })).rejects.toThrow(/killed, exit code 9/);
    await until(() => states.some((state) => state.startsWith('running')));
    expect(states[0]).toMatch(/^crashed The data process ended unexpectedly \(killed, exit code 9\)/);
    end();
  });

  it('ends a process that is stopped while it is starting', async () => {
    const { process: before } = stub.utilityProcess.forked.at(-1)!;
    expect(before.pid).toBeDefined();
    await host.engines.train.restart();
    const { process: starting } = stub.utilityProcess.forked.at(-1)!;
    expect(starting.pid).toBeUndefined();
    await host.engines.train.close();
    expect(starting.pid).toBeUndefined();
    await expect(host.engines.train.call('status', {})).rejects.toMatchObject({ code: 'crashed' });
  });
});
