import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { OrthantError } from '../../native/contract/errors.ts';
import { orthantVersion } from '../../native/contract/version.ts';
import { onEndingSignal } from '../services/endingSignals.ts';
import { findFolders, prepareState } from '../services/folders.ts';
import { Host } from '../services/host.ts';
import { RendererFiles } from '../services/rendererFiles.ts';
import { stopRunForTerminal } from '../services/stopRun.ts';
import { Access } from './access.ts';
import { downloadFolder, Downloads } from './downloads.ts';
import { Joining, joinRunningHost, type JoinedHost } from './joining.ts';
import { nodeEngine } from './nodeEngine.ts';
import { parsePort, defaultPort } from './port.mjs';
import type { BrowserServer } from './server.ts';
import { startServer } from './server.ts';
import { removeUnusedUploads } from './uploads.ts';

/**
 * The entry of the browser host. `npm start` imports it; `node .dist/electron/browser.js [--port N] [FILE ...]` runs it
 * alone. It prints an address; Enter, or the signal SIGUSR2, prints a new one; Ctrl-C ends it and the engine. If a host
 * already runs with the same state folder, it prints an address of that one and ends.
 */

export interface BrowserHost {
  readonly port: number;
  /** Folder of the host's own files. */
  readonly stateFolder: string;
  newAddress(): string;
  /** Whether a run is under way; a closed window must not end it. */
  isTraining(): boolean;
  windows(): number;
  /** Stops a run under way with a checkpoint and reports it; then ends engine and server, and removes downloads. */
  close(say: (line: string) => void): Promise<void>;
}

export interface BrowserHostOptions {
  /** 0 means any free port; by default the usual one, or any if that is taken. */
  readonly port?: number | undefined;
  readonly listen?: string | undefined;
  /** Files to open in the first window. */
  readonly files?: readonly string[];
  /** Folder of the built application. */
  readonly built?: string;
}

/**
 * Starts engine and server; resolves as soon as the address can be opened.
 *
 * @throws OrthantError `usage` for an interface that is not the loopback, or a port that is taken; `file` if the host's own
 *   folder cannot be written
 */
export async function startBrowserHost(options: BrowserHostOptions = {}): Promise<BrowserHost> {
  const built = options.built ?? path.join(import.meta.dirname, '..');
  const folders = findFolders();
  prepareState(folders.state);
  const host = new Host({
    kind: 'browser',
    dialogs: false,
    version: orthantVersion,
    folders,
    launch: nodeEngine(path.join(built, 'native', 'engine.js'), (text) => process.stderr.write(text)),
  });
  const access = await Access.open(folders.state);
  const downloads = new Downloads(await downloadFolder(folders.state));
  const joining = new Joining(folders.state);
  const server = await listenSomewhere(options.port, (port) =>
    startServer({
      host,
      files: new RendererFiles(path.join(built, 'renderer')),
      access,
      downloads,
      joining,
      port,
      ...(options.listen === undefined ? {} : { listen: options.listen }),
    }),
  );
  host.start();
  // Without it a second start does not find this host.
  await joining.announce(server.origin).catch(() => undefined);
  // Uploads that cannot be removed now are tried again at the next start.
  removeUnusedUploads(folders).catch(() => undefined);
  for (const file of options.files ?? []) host.openFile(file);

  return {
    port: server.port,
    stateFolder: folders.state,
    newAddress: () => server.newAddress(),
    isTraining: () => host.runs.isWorking(),
    windows: () => server.windows(),
    close: async (say) => {
      // From here on, a second start runs its own host.
      await joining.withdraw().catch(() => undefined);
      // Before the end, so that the windows see it.
      await stopRunForTerminal(host, say);
      await Promise.all([server.close(), host.close(), downloads.close()]);
    },
  };
}

/**
 * Asks for another window from the host that already runs with the same state folder, if there is one.
 *
 * @param files - to open in it
 */
export const joinHost = (files: readonly string[] = []): Promise<JoinedHost | undefined> =>
  joinRunningHost(
    findFolders().state,
    files.map((file) => path.resolve(file)),
  );

async function listenSomewhere(
  wanted: number | undefined,
  start: (port: number) => Promise<BrowserServer>,
): Promise<BrowserServer> {
  if (wanted !== undefined) return start(wanted);
  try {
    return await start(defaultPort);
  } catch (error) {
    if (error instanceof OrthantError && error.field === 'port') return start(0);
    throw error;
  }
}

/**
 * Prints addresses on request, and ends the host with the signals that end a program.
 *
 * @param onEnd - called when the end begins
 */
export async function untilStopped(
  host: BrowserHost,
  print: (text: string) => void,
  onEnd: () => void = () => undefined,
): Promise<void> {
  // A closed terminal takes no more text; the run under way is stopped nevertheless.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const fresh = (): void => {
    print(`  ${host.newAddress()}`);
  };
  process.stdin.on('data', fresh);
  process.stdin.on('error', () => undefined);
  if (process.platform !== 'win32') process.on('SIGUSR2', fresh);
  await new Promise<void>((resolve) => {
    // A second Ctrl-C waits neither for the run nor for the engine.
    onEndingSignal(resolve, () => process.exit(130));
  });
  process.stdin.destroy();
  onEnd();
  await host.close(print);
}

/** How to reach the host, as text for the user. */
export function describeAddress(host: BrowserHost): string {
  const signal = process.platform === 'win32' ? '' : ` (or: kill -USR2 ${process.pid})`;
  return [
    'Orthant is ready. Open this address; it works once:',
    '',
    `  ${host.newAddress()}`,
    '',
    `Press Enter for a fresh address${signal}, Ctrl-C to end.`,
  ].join('\n');
}

/** Text for the user: a host already runs and opens another window. */
export const describeJoined = ({ pid, port }: JoinedHost): string =>
  `Orthant is already running (process ${pid}, port ${port}); this opens another window of it. To work separately, set ORTHANT_STATE to another folder.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { port: { type: 'string' }, listen: { type: 'string' } },
    allowPositionals: true,
  });
  const port = parsePort(values.port);
  const joined = await joinHost(positionals);
  if (joined !== undefined) {
    console.log(`${describeJoined(joined)}\n\n  ${joined.newAddress()}`);
    return;
  }
  const host = await startBrowserHost({ port, listen: values.listen, files: positionals });
  const print = (text: string): void => {
    console.log(text);
  };
  print(describeAddress(host));
  await untilStopped(host, print);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await main();
    process.exit(0);
  } catch (error) {
    const usage = error instanceof RangeError || (error instanceof OrthantError && error.code === 'usage');
    console.error(usage || error instanceof OrthantError ? error.message : error);
    process.exit(usage ? 2 : 1);
  }
}
