import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connect } from '../native/contract/channel.ts';
import type { WindowBridge, WindowEvent } from '../native/contract/window.ts';
import { windowCalls } from '../native/contract/window.ts';
import { isAlive, until } from './testing/browserHost.ts';
import { buildHosts } from './testing/buildHosts.ts';
import * as stub from './testing/electronStub.ts';

vi.mock('electron', () => import('./testing/electronStub.ts'));

/**
 * The built main entry, whole, with the real engine in real processes: what a window asks for through the functions of the preload
 * script comes to pass.
 */
const root = path.resolve(import.meta.dirname, '..');
let folder: string;
let built: string;
beforeAll(async () => {
  if (!existsSync(path.join(root, '.dist/native/engine.js'))) {
    throw new Error('The engine is not built. Run: node build/setup.mjs');
  }
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-boot-'));
  vi.stubEnv('ORTHANT_STATE', path.join(folder, 'state'));
  vi.stubEnv('ORTHANT_RUNS', path.join(folder, 'runs'));
  // Beside the built engine and window, which are as the set-up left them; inside the repository, where the packages are found.
  built = mkdtempSync(path.join(root, '.dist', 'boot-'));
  mkdirSync(path.join(built, 'electron'));
  for (const part of ['native', 'renderer']) symlinkSync(path.join(root, '.dist', part), path.join(built, part));
  await buildHosts(path.join(built, 'electron'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  for (const made of [folder, built]) rmSync(made, { recursive: true, force: true });
});

it('boots, trains the ink sample, exports it, and ends with its processes', async () => {
  await stub.app.boot(() => import(path.join(built, 'electron', 'main.js')));
  const window = (): stub.BrowserWindow | undefined => stub.BrowserWindow.getAllWindows()[0];
  await until(() => window() !== undefined && 'orthant' in window()!.webContents.mainWorld);
  expect(window()!.webContents.mainFrame.url).toBe('app://orthant/index.html');

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
  expect((await client.call('samples', {})).map(({ id }) => id)).toContain('ink');
  const { run } = await client.call('start', {
    configuration: {
      data: { ...(await client.call('sampleConfiguration', { id: 'ink' })).data },
      network: { hidden: [8] },
      training: { epochs: 2, batchSize: 500, seed: 1 },
      constraint: { method: { id: 'augmented-lagrangian', settings: {} } },
    },
  });
  const ended = (): WindowEvent | undefined =>
    events.find((event) => (event.event === 'finished' || event.event === 'failed') && event.run === run);
  await until(() => ended() !== undefined);
  expect(ended()).toMatchObject({ event: 'finished', result: { epochs: 2, method: 'augmented-lagrangian' } });
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
  window()!.close();
  await until(() => stub.app.seen.exited);
  expect(pids.filter(isAlive)).toEqual([]);
});
