import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../native/system/processes.mjs';
import { openSocket } from '../../electron/testing/testedHost.ts';
import { descendants } from '../../e2e/hostProcesses.ts';
import type { WindowEvent } from '../../native/contract/window.ts';
import { writeTable } from '../../native/engine/testing/builtEngine.ts';
import { readRecord } from '../../native/runs/folder.ts';
import { findBrowser, hasDisplay, openWindow, profileFolder, windowArguments } from './applicationWindow.mjs';
import { earlierFailure, findElectron, installElectron } from './electronBinary.mjs';
import type { Surroundings } from './sandbox.mjs';
import { sandboxProblem } from './sandbox.mjs';
import { fakeProgram, startNode } from './testing.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'orthant-start-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("Electron's binary", () => {
  const folder = (): string => path.join(root, 'node_modules', 'electron');
  /** Writes a package of Electron whose installer is this script. */
  const electronPackage = (installer: string): void => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(path.join(folder(), 'package.json'), JSON.stringify({ version: '45.4.1' }));
    writeFileSync(path.join(folder(), 'install.js'), installer);
  };
  const unpack = (version: string): string => `
    const { mkdirSync, writeFileSync } = require('node:fs');
    process.chdir(__dirname);
    mkdirSync('dist/Electron.app/Contents/MacOS', { recursive: true });
    for (const file of ['electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron']) writeFileSync('dist/' + file, '');
    writeFileSync('dist/version', '${version}');
    writeFileSync('path.txt', 'electron');`;

  it('is fetched by its installer, and found from then on', async () => {
    electronPackage(unpack('45.4.1'));
    expect(findElectron(root)).toBeUndefined();
    const installed = await installElectron(root);
    expect(installed).toEqual({ executable: findElectron(root) });
    expect(existsSync(findElectron(root)!)).toBe(true);
    const named = path.join(folder(), 'package.json');
    expect(findElectron(root, 'linux', { ORTHANT_ELECTRON_BIN: named })).toBe(named);
    expect(findElectron(root, 'linux', { ORTHANT_ELECTRON_BIN: '/nowhere' })).toBeUndefined();
  });

  it('is not accepted in another version or incompletely unpacked', async () => {
    electronPackage(unpack('44.0.0'));
    expect(await installElectron(root)).toHaveProperty('reason');
    rmSync(path.join(folder(), 'path.txt'));
    electronPackage(unpack('45.4.1').replace("writeFileSync('path.txt', 'electron');", ''));
    expect(await installElectron(root)).toHaveProperty('reason');
  });

  it('reports why it is not available, and remembers that for this version', async () => {
    electronPackage(`console.error('TypeError: fetch failed.\\n    at node:internal'); process.exit(1);`);
    expect(earlierFailure(root)).toBeUndefined();
    expect(await installElectron(root)).toEqual({ reason: 'fetch failed' });
    expect(earlierFailure(root)).toBe('fetch failed');
    writeFileSync(path.join(folder(), 'package.json'), JSON.stringify({ version: '46.0.0' }));
    expect(earlierFailure(root)).toBeUndefined();
  });

  it('is given up after the time limit', async () => {
    electronPackage('setInterval(() => undefined, 1000);');
    expect(await installElectron(root, { timeoutMs: 300 })).toEqual({
      reason: expect.stringMatching(/took longer/) as string,
    });
  });
});

describe("Chromium's sandbox", () => {
  const linux: Surroundings = {
    platform: 'linux',
    uid: 1000,
    sudoUser: undefined,
    container: false,
    apparmor: false,
    userNamespaces: true,
  };

  it('has no problem if programs may make namespaces, nor on other systems', () => {
    expect(sandboxProblem(linux)).toBeUndefined();
    for (const platform of ['darwin', 'win32']) {
      expect(sandboxProblem({ ...linux, platform, userNamespaces: false })).toBeUndefined();
    }
  });

  it.each([
    ['root', { uid: 0 }, undefined, /root user/, /^runuser -u/],
    ['sudo', { uid: 0, sudoUser: 'ann' }, undefined, /root user/, /^sudo -u ann npm start$/],
    [
      'AppArmor, Electron',
      { userNamespaces: false, apparmor: true },
      '/x/chrome-sandbox',
      /AppArmor/,
      /chmod 4755 '\/x\/chrome-sandbox'/,
    ],
    [
      'AppArmor, a browser',
      { userNamespaces: false, apparmor: true },
      undefined,
      /AppArmor/,
      /apparmor_restrict_unprivileged_userns=0/,
    ],
    ['switched off', { userNamespaces: false }, undefined, /switched off/, /max_user_namespaces/],
    ['a container', { userNamespaces: false, container: true }, '/x/chrome-sandbox', /container/, /^docker run/],
  ] as [string, Partial<Surroundings>, string | undefined, RegExp, RegExp][])(
    'reports the fix: %s',
    (_name, here, helper, reason, fix) => {
      const problem = sandboxProblem({ ...linux, ...here }, helper);
      expect(problem?.reason).toMatch(reason);
      expect(problem?.fix).toMatch(fix);
    },
  );

  it('starts with a helper that runs as root', () => {
    const helper = path.join(root, 'chrome-sandbox');
    writeFileSync(helper, '');
    const here = { ...linux, userNamespaces: false };
    expect(sandboxProblem(here, helper)).toBeDefined();
    chmodSync(helper, 0o4755);
    // Only root can give a file to root; otherwise the helper does not help.
    const isRoots = process.getuid?.() === 0;
    expect(sandboxProblem(here, helper) === undefined).toBe(isRoots);
  });
});

describe('the application window', () => {
  it('takes the first installed browser of the family, or the named one', () => {
    const installed = (files: string[]) => (file: string) => files.includes(file);
    const find = (env: NodeJS.ProcessEnv, platform: string, ...files: string[]): string | undefined =>
      findBrowser(env, platform, installed(files));
    const linux = { PATH: '/usr/local/bin:/usr/bin:relative' };
    expect(find(linux, 'linux', '/usr/bin/chromium', '/usr/bin/google-chrome')).toBe('/usr/bin/google-chrome');
    expect(find(linux, 'linux', '/usr/bin/firefox', 'relative/chromium')).toBeUndefined();
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    expect(find({ 'ProgramFiles(x86)': 'C:\\Program Files (x86)' }, 'win32', edge)).toBe(edge);
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(find({ HOME: '/Users/me' }, 'darwin', chrome)).toBe(chrome);
    expect(find({ ORTHANT_BROWSER: '/opt/mine' }, 'linux')).toBe('/opt/mine');
  });

  it('needs a display', () => {
    expect(hasDisplay({}, 'linux')).toBe(false);
    expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(hasDisplay({}, 'darwin')).toBe(true);
    expect(hasDisplay({ SSH_CONNECTION: '1' }, 'darwin')).toBe(false);
  });

  it('has its own profile, and never runs without the sandbox', () => {
    const args = windowArguments('http://127.0.0.1:4180/?token=t', '/state/browser-window');
    expect(args).toContain('--app=http://127.0.0.1:4180/?token=t');
    expect(args).toContain('--user-data-dir=/state/browser-window');
    expect(args.join(' ')).not.toMatch(/no-sandbox|disable-web-security|disable-setuid|remote-debugging/);
    expect(profileFolder('/snap/bin/chromium', '/state', '/home/me')).toBe(
      '/home/me/snap/chromium/common/orthant-window',
    );
  });

  it('distinguishes a failed browser from a closed window', async () => {
    const browser = (script: string): string => fakeProgram(path.join(root, 'browser'), script);
    expect(await openWindow(browser('echo No usable sandbox >&2; exit 1'), []).closed).toEqual({
      failed: true,
      output: 'No usable sandbox\n',
    });
    expect(await openWindow(browser('exit 0'), []).closed).toMatchObject({ failed: false });
    expect(await openWindow(path.join(root, 'nothing'), []).closed).toMatchObject({ failed: true });
    const open = openWindow(browser('exec sleep 60'), []);
    open.end();
    expect(await open.closed).toMatchObject({ failed: false });
  });

  it('ends with the program that opened it, also if that ends at once', async () => {
    const module = JSON.stringify(path.join(import.meta.dirname, 'applicationWindow.mjs'));
    const browser = JSON.stringify(fakeProgram(path.join(root, 'browser'), 'exec sleep 60'));
    const script = `
      const { openWindow } = await import(${module});
      openWindow(${browser}, []);
      process.on('SIGINT', () => process.exit(130));
      console.log('open');`;
    const program = startNode(['--input-type=module', '--eval', script], {});
    await program.prints(/open/);
    const [window = 0] = await program.below(1);
    program.kill('SIGINT');
    expect(await program.ended).toBe(130);
    while (isAlive(window)) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});

describe('npm start', () => {
  const script = path.resolve(import.meta.dirname, '..', 'start.mjs');
  const run = (...args: string[]) =>
    startNode([script, ...args], { ORTHANT_STATE: root, DISPLAY: '', WAYLAND_DISPLAY: '' });

  it('serves without a display, prints new addresses on request, and Ctrl-C ends all of it', async () => {
    const started = run('--port', '0');
    const [, address] = await started.prints(/(http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)/);
    expect(started.text()).toContain('no display');
    expect((await fetch(address!, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(address!, { redirect: 'manual' })).status).toBe(401);
    started.write('\n');
    const [, fresh] = await started.prints(/http\S+\s[\s\S]*(http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)/);
    expect(fresh).not.toBe(address);
    expect((await fetch(fresh!, { redirect: 'manual' })).status).toBe(303);
    const engines = await started.below(2);
    started.kill('SIGINT');
    expect(await started.ended).toBe(0);
    expect(engines.filter(isAlive)).toEqual([]);
  });

  describe('while a run trains', () => {
    /** Starts a run and waits until it is past its first epoch. */
    const training = async () => {
      // Named at the start: a page may read no other file of this computer.
      const table = writeTable(path.join(root, 'table.csv'));
      const started = startNode([script, '--port', '0', table], {
        ORTHANT_STATE: root,
        ORTHANT_RUNS: path.join(root, 'runs'),
        DISPLAY: '',
        WAYLAND_DISPLAY: '',
      });
      const [address] = await started.prints(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
      const { origin, port } = new URL(address);
      const cookie = (await fetch(address, { redirect: 'manual' })).headers.get('set-cookie')?.split(';')[0] ?? '';
      const { client } = await openSocket({ server: { port: Number(port) } }, { Cookie: cookie, Origin: origin });
      const epoch = new Promise((resolve) => {
        client.subscribe((events) => {
          if ((events as WindowEvent[]).some(({ event }) => event === 'metrics')) resolve(true);
        });
      });
      const { run } = await client.call('start', {
        configuration: {
          data: {
            source: { kind: 'file', path: table },
            columns: { y: { role: 'target' } },
          },
          network: { hidden: [4] },
          training: { epochs: 1_000_000, earlyStopping: 0 },
          runtime: { engine: 'wasm' },
        },
      });
      await epoch;
      const processes = descendants(started.pid);
      return { started, processes, record: () => readRecord(run) };
    };
    const leftOf = (processes: readonly { pid: number }[]): unknown[] => processes.filter(({ pid }) => isAlive(pid));

    it.each(['SIGINT', 'SIGTERM'] as const)('%s stops it with a checkpoint and ends everything', async (signal) => {
      const { started, processes, record } = await training();
      started.kill(signal);
      await started.prints(/^The run is stopped with a checkpoint\. Ctrl-C again ends at once/m);
      expect(await started.ended).toBe(0);
      expect(leftOf(processes)).toEqual([]);
      expect(record()).toMatchObject({ state: 'stopped', result: { stopped: 'by-request' } });
      expect(record().lock).toBeUndefined();
      expect(started.text()).not.toContain('took too long');
    });

    it('a second Ctrl-C ends everything at once, whatever state the engine is in', async () => {
      const { started, processes, record } = await training();
      const engine = processes.find(({ command }) => command.includes('--role train'))?.pid ?? 0;
      process.kill(engine, 'SIGSTOP');
      started.kill('SIGINT');
      await started.prints(/Ctrl-C again/);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      started.kill('SIGINT');
      expect(await started.ended).toBe(130);
      while (leftOf(processes).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(record().state).toBe('training');
    });
  });

  it('reports in one line that its own folder cannot be written, and ends', async () => {
    const file = path.join(root, 'file');
    writeFileSync(file, '');
    const started = startNode([script, '--port', '0'], { ORTHANT_STATE: file, DISPLAY: '', WAYLAND_DISPLAY: '' });
    expect(await started.ended).toBe(1);
    expect(started.text()).toMatch(/Cannot write to .*file: the name is used already\. .*ORTHANT_STATE names another/);
    expect(started.text()).not.toMatch(/\n\s+at /);
  });

  it('refuses unknown options, and prints its usage', async () => {
    const wrong = run('--no-such-option');
    expect(await wrong.ended).toBe(2);
    expect(wrong.text()).toContain('--no-such-option');
    for (const port of ['x', '65536', '-1', '1.5', '']) expect(await run(`--port=${port}`).ended, port).toBe(2);
    const help = run('--help');
    expect(await help.ended).toBe(0);
    expect(help.text()).toContain('--browser');
  });
});
