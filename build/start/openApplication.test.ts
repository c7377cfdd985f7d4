import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../native/system/processes.mjs';
import { buildCode } from '../../native/engine/testing/builtEngine.ts';
import type { StartOptions } from './openApplication.mjs';
import type { Surroundings } from './sandbox.mjs';
import { fakeProgram, startNode, type Program } from './testing.ts';

/** Electron and the browser are scripts that end as the real ones do; host and engine are real. */

const root = path.resolve(import.meta.dirname, '..', '..');
const here: Surroundings = {
  platform: 'linux',
  uid: 1000,
  sudoUser: undefined,
  container: false,
  apparmor: false,
  userNamespaces: true,
};
const noSandbox = 'echo "[7:7:FATAL:zygote_host_impl_linux.cc(126)] No usable sandbox!" >&2';
const address = /(http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)/;

let folder: string;
const programs: Program[] = [];
beforeAll(() => {
  buildCode();
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-open-'));
});
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill('SIGKILL');
    await program.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string): string => path.resolve(folder, name);
const read = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');

/** The text that a started program writes to its file, once it is complete. */
async function written(name: string): Promise<string> {
  while (!read(name).endsWith('\n')) await new Promise((resolve) => setTimeout(resolve, 20));
  return read(name);
}

/** Resolves once none of these processes runs; the test's own time limit ends a wait that never succeeds. */
async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
}

interface Given {
  /** Script in place of Electron; it may write to the files that are named here. */
  readonly electron?: string;
  readonly browser?: string;
  readonly options?: Partial<StartOptions>;
  readonly env?: NodeJS.ProcessEnv;
}

function open({ electron = 'exit 9', browser = 'exec sleep 60', options = {}, env = {} }: Given): Program {
  const note = (name: string): string => `echo "$@" >> '${at(`${name}.args`)}'`;
  const given: StartOptions = {
    root,
    here,
    browser: false,
    electron: false,
    window: true,
    port: 0,
    files: [],
    ...options,
  };
  const script = `
    const { openApplication } = await import(${JSON.stringify(path.join(import.meta.dirname, 'openApplication.mjs'))});
    process.exit(await openApplication(${JSON.stringify(given)}));`;
  const program = startNode(['--input-type=module', '-e', script], {
    ORTHANT_ELECTRON_BIN: fakeProgram(at('electron'), `${note('electron')}\n${electron}`),
    ORTHANT_BROWSER: fakeProgram(at('browser'), `${note('browser')}\n${browser}`),
    ORTHANT_STATE: at('state'),
    ORTHANT_RUNS: at('runs'),
    DISPLAY: ':99',
    SSH_CONNECTION: undefined,
    ELECTRON_RUN_AS_NODE: '1',
    ...env,
  });
  programs.push(program);
  return program;
}

describe('in Electron', () => {
  it('runs it with the files to open and as Electron, ends with its exit code, and leaves no process behind', async () => {
    const program = open({
      electron: `sleep 600 & echo $! > '${at('child')}'; [ -z "$ELECTRON_RUN_AS_NODE" ]`,
      options: { files: ['/data/a.csv'] },
    });
    expect(await program.ended).toBe(0);
    expect(read('electron.args')).toBe(`${root} /data/a.csv\n`);
    await gone([Number(read('child'))]);
    expect(read('browser.args')).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on, once, and waits for its end', async (signal) => {
    const program = open({
      electron: `trap 'echo ${signal} >> "${at('signals')}"; sleep 0.3; exit 0' ${signal.slice(3)}
        echo ready; while :; do sleep 0.05; done`,
    });
    await program.prints(/ready/);
    program.kill(signal);
    expect(await program.ended).toBe(0);
    expect(read('signals')).toBe(`${signal}\n`);
    expect(read('browser.args')).toBe('');
  });

  it('does not open a browser when it is stopped while it starts', async () => {
    const program = open({ electron: "trap 'exit 1' TERM; echo ready; while :; do sleep 0.05; done" });
    await program.prints(/ready/);
    program.kill('SIGTERM');
    await program.ended;
    expect(program.text()).not.toContain('browser');
  });
});

describe('where Electron cannot run', () => {
  it.each(['TRAP', 'ABRT', 'ILL'])(
    'prints the fix for the sandbox and opens a browser, never without the sandbox: SIG%s',
    async (signal) => {
      const program = open({ electron: `${noSandbox}; kill -${signal} $$` });
      await program.prints(/Orthant is open in a window/);
      expect(program.text()).toContain('No usable sandbox!');
      expect(program.text()).toMatch(
        new RegExp(`user namespaces.* To fix it: sudo chown root:root '${at('chrome-sandbox')}' && sudo chmod 4755`),
      );
      expect(program.text()).toContain(`Electron did not start (killed by SIG${signal}); opening in a browser.`);
      const args = await written('browser.args');
      expect(read('electron.args') + args).not.toContain('no-sandbox');
      expect(args).toMatch(/--app=http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    },
  );

  it('reports a known problem without trying', async () => {
    const program = open({ options: { here: { ...here, userNamespaces: false, apparmor: true } } });
    await program.prints(/Orthant is open in a window/);
    expect(program.text()).toMatch(/AppArmor .* To fix it: sudo chown/);
    expect(read('electron.args')).toBe('');
  });

  it.each([
    ['ends with an error', { electron: 'exit 1' }, 'Electron did not start (exit code 1)'],
    ['is not a program', { env: { ORTHANT_ELECTRON_BIN: '/etc/passwd' } }, 'Electron did not start (spawn'],
    ['does not exist', { env: { ORTHANT_ELECTRON_BIN: '/nowhere' } }, 'ORTHANT_ELECTRON_BIN names /nowhere'],
  ] as [string, Given, string][])('opens a browser: it %s', async (_how, given, printed) => {
    const program = open(given);
    await program.prints(/Orthant is open in a window/);
    expect(program.text()).toContain(printed);
    expect(program.text()).not.toContain('To fix it');
  });
});

describe('in a browser', () => {
  const options = { browser: true };

  it('opens a window, and Ctrl-C, which npm passes on too, ends it, the engine and itself', async () => {
    const program = open({ options });
    await program.prints(/Orthant is open in a window/);
    expect(read('electron.args')).toBe('');
    // The window and two engine processes.
    const started = await program.below(3);
    program.kill('SIGINT');
    // A different signal, since two equal pending signals arrive as one.
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    await gone(started);
  });

  it('ends when its window is closed', async () => {
    const program = open({ options, browser: 'sleep 0.5' });
    expect(await program.ended).toBe(0);
  });

  it('prints the address and the fix for the sandbox if the browser opens no window', async () => {
    const program = open({ options, browser: `${noSandbox}; kill -TRAP $$` });
    await program.prints(address);
    expect(program.text()).toContain('The browser did not open a window.');
    expect(program.text()).toMatch(/To fix it: sudo sysctl/);
  });

  it.each([
    ['without a display', { env: { DISPLAY: '' }, options: {} }, 'no display'],
    ['for root', { options: { here: { ...here, uid: 0 } } }, 'does not start for the root user'],
    ['when asked to open no window', { options: { browser: true, window: false } }, 'Open this address'],
  ] as [string, Given, string][])('serves and prints the address %s', async (_how, given, printed) => {
    const program = open(given);
    await program.prints(address);
    expect(program.text()).toContain(printed);
    expect(read('electron.args') + read('browser.args')).toBe('');
  });

  it('reports that its port is taken, and ends', async () => {
    const first = open({ options: { ...options, window: false } });
    const [, taken = ''] = await first.prints(address);
    const port = Number(new URL(taken).port);
    const second = open({ options: { ...options, port }, env: { ORTHANT_STATE: at('other-state') } });
    expect(await second.ended).toBe(1);
    expect(second.text()).toMatch(/Port \d+ is taken/);
  });

  it('opens another window of the running host, and ends with that window alone', async () => {
    const first = open({ options: { ...options, window: false } });
    const [, one = ''] = await first.prints(address);
    const second = open({ options, browser: 'sleep 0.5' });
    expect(await second.ended).toBe(0);
    expect(second.text()).toContain(`Orthant is already running (process ${first.pid}, port ${new URL(one).port})`);
    const [, other = ''] = address.exec(await written('browser.args')) ?? [];
    expect(new URL(other).origin).toBe(new URL(one).origin);
    expect((await fetch(other, { redirect: 'manual' })).status).toBe(303);

    const third = open({ options: { ...options, window: false } });
    const [, printed = ''] = await third.prints(address);
    expect(await third.ended).toBe(0);
    expect((await fetch(printed, { redirect: 'manual' })).status).toBe(303);
    first.kill('SIGINT');
    expect(await first.ended).toBe(0);
    // The second start does not wait for a host that has ended.
    const fourth = open({ options: { ...options, window: false } });
    await fourth.prints(/Press Enter for a fresh address/);
  });
});
