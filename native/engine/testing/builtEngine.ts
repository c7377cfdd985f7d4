import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type Client } from '../../contract/channel.ts';
import {
  engineCalls,
  engineEventsSchema,
  type EngineCalls,
  type EngineEvent,
  type EngineRole,
} from '../../contract/engine.ts';

/** Helpers for tests of the built engine process and the built command line. */

const root = path.resolve(import.meta.dirname, '../../..');

/** Builds the code if it is not current. */
export function buildCode(): void {
  execFileSync(process.execPath, ['build/setup.mjs', '--only', 'code', '--quiet'], { cwd: root, stdio: 'pipe' });
}

export const builtFile = (name: 'engine.js' | 'cli.js'): string => path.join(root, '.dist', 'native', name);

/** A temporary folder, which the test file removes at its end. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'orthant-test-'));
  return {
    path: folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A table of 80 rows with two inputs, a category, and a positive target that is near zero for many rows. */
export function writeTable(file: string): string {
  const rows = Array.from({ length: 80 }, (_, i) => {
    const [a, b] = [Math.sin(i * 1.7), Math.cos(i * 0.9)];
    const kind = ['red', 'green', 'blue'][i % 3] ?? '';
    return [a, b, kind, (a + b) ** 2 + (i % 3) * 0.1].map(String).join(',');
  });
  writeFileSync(file, `${['a,b,kind,y', ...rows].join('\n')}\n`);
  return file;
}

/** An engine process and its events so far. */
export interface TestEngine {
  readonly process: ChildProcess;
  readonly call: Client<EngineCalls>['call'];
  readonly events: EngineEvent[];
  /** Resolves with the first past or future event that fits. */
  until(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>;
  /** Resolves with exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/**
 * Starts the built engine.
 *
 * @param execArgv - options of Node itself
 * @param more - options of the engine
 */
export function startEngine(
  role: EngineRole,
  env: NodeJS.ProcessEnv = {},
  execArgv: string[] = [],
  more: string[] = [],
): TestEngine {
  const child = fork(builtFile('engine.js'), ['--role', role, ...more], {
    serialization: 'advanced',
    env: { ...process.env, ...env },
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // Unread output would delay the end of the process.
  child.stderr?.resume();
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    // Not `close`, which does not come after `disconnect`.
    child.once('exit', (code, signal) => {
      resolve(signal ?? code);
    });
  });
  const client = connect(
    {
      send: (message) => {
        child.send(message as never, undefined, undefined, () => undefined);
      },
      onMessage: (listener) => {
        child.on('message', listener);
      },
      onClose: (listener) => {
        void ended.then((how) => {
          listener(`ended: ${how ?? ''}`);
        });
      },
    },
    engineCalls,
  );
  const events: EngineEvent[] = [];
  const waiting = new Set<{ fits: (event: EngineEvent) => boolean; resolve: (event: EngineEvent) => void }>();
  client.subscribe((message) => {
    for (const event of engineEventsSchema.parse(message)) {
      events.push(event);
      for (const each of waiting) {
        if (!each.fits(event)) continue;
        waiting.delete(each);
        each.resolve(event);
      }
    }
  });
  return {
    process: child,
    call: (...call) => client.call(...call),
    events,
    until: (fits) => {
      const past = events.find(fits);
      return past === undefined ? new Promise((resolve) => waiting.add({ fits, resolve })) : Promise.resolve(past);
    },
    ended,
  };
}
