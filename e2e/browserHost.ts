import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { descendants } from './hostProcesses.ts';

const root = path.join(import.meta.dirname, '..');
const addressPattern = /http:\/\/[^\s]+\/\?token=[\w-]+/g;

export interface HostOptions {
  /** Folder of its state and its runs. */
  readonly folder: string;
  /** 0 means any free port. */
  readonly port?: number;
  /** Files to open in the first window, as on the command line. */
  readonly files?: readonly string[];
  /** A program that starts the host, with its arguments: `strace -f ...`. */
  readonly under?: readonly string[];
  /** Added to the environment of the host and of its engine. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built browser host as a separate process, with its own folders. */
export class BrowserHost {
  readonly #child: ChildProcess;
  readonly #under: boolean;
  readonly #addresses: string[] = [];
  readonly #waiting: ((address: string) => void)[] = [];
  #printed = '';

  private constructor(child: ChildProcess, under: boolean) {
    this.#child = child;
    this.#under = under;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const [address] of text.matchAll(addressPattern)) {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#addresses.push(address);
        else waiting(address);
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#printed += text));
  }

  /** Starts a host; resolves when it has printed its address. */
  static async start({
    folder,
    port = 0,
    files = [],
    under = [],
    environment = {},
  }: HostOptions): Promise<BrowserHost> {
    const entry = path.join(root, '.dist/electron/browser.js');
    const command = [...under, process.execPath, entry, '--port', String(port), ...files];
    const child = spawn(command[0] ?? process.execPath, command.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment,
        ORTHANT_STATE: path.join(folder, 'state'),
        ORTHANT_RUNS: path.join(folder, 'runs'),
      },
    });
    const host = new BrowserHost(child, under.length > 0);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The host ended before it printed an address: ${host.#printed}`);
    });
    const first = await Promise.race([host.#next(), ended]);
    // Kept for the first call of `address`.
    host.#addresses.unshift(first);
    ended.catch(() => undefined);
    return host;
  }

  /** The process of the host itself, even if another program has started it. */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('The host has no process.');
    return this.#under ? (descendants(pid)[0]?.pid ?? pid) : pid;
  }

  /** An address that opens the window once. */
  async address(): Promise<string> {
    const known = this.#addresses.shift();
    if (known !== undefined) return known;
    const next = this.#next();
    this.#child.stdin?.write('\n');
    return next;
  }

  /** Ends the host: as Ctrl-C does, or as a crash. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    // Not to a parent program: strace, for one, does not pass the signal on.
    process.kill(this.pid, signal);
    await gone;
  }

  #next(): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
