import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { app } from './app.ts';

const parentPort = pathToFileURL(path.join(import.meta.dirname, 'parentPort.mjs')).href;

/**
 * A utility process, backed by a Node process that has `process.parentPort` instead of `process.send`. Messages are
 * copies; nothing but ports can be transferred.
 */
class StubUtilityProcess extends EventEmitter {
  pid: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly #child: ChildProcess;

  constructor(modulePath: string, args: string[], options: { env?: Record<string, string>; serviceName?: string }) {
    super();
    this.#child = spawn(process.execPath, ['--import', parentPort, modulePath, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: options.env ?? process.env,
    });
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    // The id is known, and the process can be killed, only once it has spawned.
    this.#child.on('spawn', () => {
      this.pid = this.#child.pid;
      this.emit('spawn');
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('error', () => undefined);
    this.#child.on('exit', (code, signal) => {
      this.pid = undefined;
      const exitCode = code ?? (signal === null ? 1 : constants.signals[signal]);
      if (exitCode !== 0) {
        const reason =
          signal === null ? 'abnormal-exit' : signal === 'SIGTERM' || signal === 'SIGKILL' ? 'killed' : 'crashed';
        app.emit('child-process-gone', {}, { type: 'Utility', reason, exitCode, name: options.serviceName });
      }
      this.emit('exit', exitCode);
    });
  }

  postMessage(message: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) throw new TypeError('Invalid value for transfer: only MessagePortMain can be transferred');
    const copy: unknown = structuredClone(message);
    if (this.#child.connected) this.#child.send(copy as object, () => undefined);
  }

  kill(): boolean {
    return this.pid !== undefined && this.#child.kill('SIGTERM');
  }
}

export const utilityProcess = {
  /** The forked processes, with their arguments. */
  forked: [] as { modulePath: string; args: string[]; options: Record<string, unknown>; process: StubUtilityProcess }[],
  fork(modulePath: string, args: string[] = [], options: Record<string, unknown> = {}): StubUtilityProcess {
    app.requireReady('utilityProcess.fork');
    const child = new StubUtilityProcess(modulePath, args, options);
    utilityProcess.forked.push({ modulePath, args, options, process: child });
    return child;
  },
};
