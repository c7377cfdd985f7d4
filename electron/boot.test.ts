import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packForTest } from '../build/packaging/packForTest.mjs';
import { setup } from '../build/setup.mjs';
import { connect } from '../native/contract/channel.ts';
import type { WindowBridge, WindowEvent } from '../native/contract/window.ts';
import { windowCalls } from '../native/contract/window.ts';
import { isAlive, until } from './testing/testedHost.ts';
import * as stub from './testing/electronStub.ts';

vi.mock('electron', () => import('./testing/electronStub.ts'));
const { windowOptions } = await import('./main/mainWindow.ts');

/**
 * The whole application as it is packaged: packed by electron-builder, unpacked where nothing else can be found, its built
 * main entry started on the stub, with the real engine in real processes. The window calls the functions of the preload
 * script; a file missing from the package makes a test fail.
 */
let folder: string;
let packed: Awaited<ReturnType<typeof packForTest>>;
beforeAll(async () => {
  if (!(await setup({ only: ['code'], quiet: true }))) throw new Error('The code could not be built.');
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-boot-'));
  vi.stubEnv('ORTHANT_STATE', path.join(folder, 'state'));
  vi.stubEnv('ORTHANT_RUNS', path.join(folder, 'runs'));
  packed = await packForTest(folder);
  // The package must work with its own files only, whatever this computer has.
  vi.stubEnv('ORTHANT_CACHE', undefined);
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'no-cache'));
  Object.assign(process, { resourcesPath: packed.resources });
  stub.app.isPackaged = true;
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Expects the restrictions that main/security.test.ts tests one by one in the window of the built application, too. */
function expectSecure({ webContents }: stub.BrowserWindow): void {
  const { preload, ...preferences } = webContents.preferences;
  expect(preload).toBe(path.join(packed.app, '.dist', 'electron', 'preload.cjs'));
  expect({ ...preferences, preload: '' }).toEqual(windowOptions('', true).webPreferences);
  expect(stub.app.seen.sandboxed).toBe(true);
  const { handlers } = stub.session.defaultSession;
  for (const name of ['permissionRequest', 'permissionCheck', 'devicePermission', 'beforeRequest'])
    expect(handlers[name], name).toBeTypeOf('function');
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])
    expect(webContents.navigate('app://orthant/other.html', event), event).toBe(false);
  expect(webContents.openHandler?.({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
}

describe('the package', () => {
  it("keeps outside the archive the files that the system's loader must find", () => {
    const native = packed.files.filter(({ file }) => /\.(?:node|so(?:\.\d+)*|dylib|dll)$/.test(file));
    expect(native.length).toBeGreaterThan(2);
    expect(native.filter(({ unpacked }) => !unpacked)).toEqual([]);
  });

  it("leaves out files that are not the application's, or are for another system", () => {
    const strange = packed.files.filter(
      ({ file }) =>
        !/^(?:\.dist\/(?:electron|native|renderer)\/|node_modules\/|package\.json$)/.test(file) ||
        /\.map$|\.stamp$|(?:^|\/)(?:electron|vite|vitest|typescript|playwright)\/package\.json$/.test(file) ||
        (file.includes('onnxruntime-node/bin/') && !file.includes(`/${process.platform}/${process.arch}/`)),
    );
    expect(strange).toEqual([]);
  });

  it('boots, trains the ink sample, exports it, and ends with its processes', async () => {
    const others = process.listeners('SIGHUP');
    await stub.app.boot(() => import(path.join(packed.app, '.dist', 'electron', 'main.js')));
    const window = (): stub.BrowserWindow | undefined => stub.BrowserWindow.getAllWindows()[0];
    await until(() => window() !== undefined && 'orthant' in window()!.webContents.mainWorld);
    expect(window()!.webContents.mainFrame.url).toBe('app://orthant/index.html');

    expectSecure(window()!);

    const bridge = window()!.webContents.mainWorld.orthant as WindowBridge;
    const client = connect(
      {
        send: (message) => {
          bridge.send(message);
        },
        onMessage: (listener) => {
          bridge.onMessage(listener);
        },
        onClose: () => undefined,
      },
      windowCalls,
    );
    const events: WindowEvent[] = [];
    client.subscribe((batch) => events.push(...(batch as WindowEvent[])));

    expect(await client.call('host', {})).toMatchObject({ kind: 'electron', runsFolder: path.join(folder, 'runs') });
    const configuration = await client.call('sampleConfiguration', { id: 'ink' });
    const { run } = await client.call('start', {
      configuration: {
        ...configuration,
        network: { hidden: [8] },
        training: { epochs: 2, batchSize: 500, seed: 1 },
        constraint: { method: { id: 'augmented-lagrangian', settings: {} } },
      },
    });
    const ended = (): WindowEvent | undefined =>
      events.find((event) => (event.event === 'finished' || event.event === 'failed') && event.run === run);
    await until(() => ended() !== undefined);
    expect(ended()).toMatchObject({
      event: 'finished',
      result: {
        epochs: 2,
        method: 'augmented-lagrangian',
        // The libraries beside the archive are used if the set-up installed any.
        engine: existsSync(path.join(packed.resources, 'libraries')) ? 'tensorflow' : 'wasm',
      },
    });
    expect(events.filter(({ event }) => event === 'metrics').length).toBe(2);

    const target = path.join(folder, 'ink.onnx');
    stub.dialog.answers.push({ canceled: false, filePath: target });
    const chosen = await client.call('chooseOutput', { suggestedName: 'ink.onnx' });
    const { file, report } = await client.call('export', { run, format: 'onnx', out: chosen.path! });
    expect(file).toBe(target);
    expect(report.maxRelativeDifference).toBeLessThan(1e-4);
    expect(readFileSync(target).includes('top_left')).toBe(true);

    const pids = stub.utilityProcess.forked.map(({ process }) => process.pid!);
    expect(pids.length).toBe(2);
    for (const { modulePath } of stub.utilityProcess.forked) expect(modulePath.startsWith(packed.app)).toBe(true);
    // Sends the signal as the terminal does; the test runner also listens to it.
    const own = process.listeners('SIGHUP').filter((listener) => !others.includes(listener));
    expect(own.length).toBe(1);
    own[0]!('SIGHUP');
    await until(() => stub.app.seen.exited);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
