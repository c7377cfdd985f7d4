import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { Client, MessagePortLike } from '../../native/contract/channel.ts';
import { connect } from '../../native/contract/channel.ts';
import type { WindowCalls } from '../../native/contract/window.ts';
import { windowCalls } from '../../native/contract/window.ts';
import { Access } from '../browser/access.ts';
import { Downloads } from '../browser/downloads.ts';
import { Joining } from '../browser/joining.ts';
import { nodeEngine } from '../browser/nodeEngine.ts';
import type { BrowserServer } from '../browser/server.ts';
import { startServer } from '../browser/server.ts';
import type { Folders } from '../services/folders.ts';
import { Host } from '../services/host.ts';
import { RendererFiles } from '../services/rendererFiles.ts';

export { isAlive } from '../../native/system/processes.mjs';

/** The engine of the tests. */
export const testEngine = path.join(import.meta.dirname, 'engine.mjs');

/** A browser host with the test engine, in temporary folders. */
export interface TestedHost {
  readonly host: Host;
  readonly server: BrowserServer;
  readonly folder: string;
  readonly folders: Folders;
  readonly origin: string;
  /** Opens an address as a browser does; returns the cookie. */
  logIn(): Promise<string>;
  close(): Promise<void>;
}

export async function testFolders(): Promise<{ folder: string; folders: Folders }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'orthant-host-'));
  const inside = (name: string): string => path.join(folder, name);
  return { folder, folders: { state: inside('state'), uploads: inside('uploads'), runs: inside('runs') } };
}

export async function startTestedHost(): Promise<TestedHost> {
  const { folder, folders } = await testFolders();
  const host = new Host({
    kind: 'browser',
    dialogs: false,
    version: '1.2.3',
    folders,
    launch: nodeEngine(testEngine, (text) => process.stderr.write(text)),
  });
  const downloads = new Downloads(path.join(folder, 'downloads'));
  const joining = new Joining(folders.state);
  const server = await startServer({
    host,
    files: new RendererFiles(path.join(folder, 'renderer')),
    access: await Access.open(folders.state),
    downloads,
    joining,
    port: 0,
  });
  await joining.announce(server.origin);
  host.start();
  return {
    host,
    server,
    folder,
    folders,
    origin: `http://127.0.0.1:${server.port}`,
    logIn: async () => {
      const answer = await fetch(server.newAddress(), { redirect: 'manual' });
      return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    },
    close: async () => {
      await Promise.all([server.close(), host.close(), downloads.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Connects to a host's socket as the window does. */
export async function openSocket(
  tested: { readonly server: Pick<BrowserServer, 'port'> },
  headers: Record<string, string>,
): Promise<{ socket: WebSocket; client: Client<WindowCalls> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${tested.server.port}/socket`, { headers });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const port: MessagePortLike = {
    send: (message) => {
      socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      socket.on('message', (data) => {
        listener(JSON.parse((data as Buffer).toString('utf8')));
      });
    },
    onClose: (listener) => {
      socket.once('close', () => {
        listener('closed');
      });
    },
  };
  return { socket, client: connect(port, windowCalls) };
}

/** Resolves once `condition` holds; the test's own time limit ends a wait that never succeeds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
