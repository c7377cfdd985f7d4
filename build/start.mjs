#!/usr/bin/env node
/**
 * `npm start`: sets up what is missing, then opens the application: in Electron, or, where its binary cannot be had or
 * cannot run, the same application in a browser.
 *
 *   npm start -- [--browser] [--electron] [--no-window] [--port N] [FILE ...]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setup } from './setup.mjs';
import { findBrowser, hasDisplay, openWindow, profileFolder, windowArguments } from './start/applicationWindow.mjs';
import { earlierFailure, findElectron, installElectron } from './start/electronBinary.mjs';
import { lookAround, sandboxHelper, sandboxProblem } from './start/sandbox.mjs';

/** @typedef {import('../electron/browser/main.ts').BrowserHost} BrowserHost */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The port under which a window keeps its profile from one start to the next. */
const usualPort = 4180;

const help = `npm start -- [options] [FILE ...]

  --browser     open in a browser on this computer instead of Electron
  --electron    try again to fetch Electron, after it could not be had
  --no-window   with --browser: open no window, print the address
  --port N      with --browser: listen on this port
  FILE          a data file or a configuration (.orthant) to open
`;

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}

/** @type {Set<string>} */
const said = new Set();
/**
 * Says why the sandbox cannot start; once, since Electron and a browser suffer from the same.
 * @param {{ reason: string, mend: string }} problem
 */
function sayProblem({ reason, mend }) {
  if (said.has(mend)) return;
  said.add(mend);
  say(`${reason}. To mend it: ${mend}`);
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        browser: { type: 'boolean', default: false },
        electron: { type: 'boolean', default: false },
        'no-window': { type: 'boolean', default: false },
        port: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
      throw new Error(`--port ${String(values.port)} is not a number from 0 to 65535.`);
    }
    return { ...values, port, files: positionals.map((file) => path.resolve(file)) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return process.exit(2);
  }
}

const options = readOptions();
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}
if (!(await setup({ gpu: hasNvidiaDriver(), quiet: true }))) process.exit(1);
const here = await lookAround();
const executable = options.browser ? undefined : await electronExecutable();
if (executable === undefined || !(await runElectron(executable))) await runBrowser();

/** Whether a driver for NVIDIA's cards is at work, here or behind Windows' subsystem for Linux. */
function hasNvidiaDriver() {
  return existsSync('/dev/nvidiactl') || existsSync('/usr/lib/wsl/lib/libcuda.so.1');
}

/** Electron's executable if it can be had and run here; says in one line why not. */
async function electronExecutable() {
  if (!hasDisplay()) {
    say('There is no display for a window here.');
    return undefined;
  }
  const failure = earlierFailure(root);
  const problem = sandboxProblem(here, sandboxHelper(path.join(root, 'node_modules/electron/dist/electron')));
  if (problem !== undefined) {
    sayProblem(problem);
    return undefined;
  }
  const found = findElectron(root);
  if (found !== undefined) return found;
  if (failure !== undefined && !options.electron) {
    say(`Electron could not be had (${failure}); opening in a browser. To try again: npm start -- --electron`);
    return undefined;
  }
  say('Fetching Electron (about 120 MB, once) ...');
  const installed = await installElectron(root);
  if ('executable' in installed) return installed.executable;
  say(`Electron could not be had (${installed.reason}); opening in a browser.`);
  return undefined;
}

/**
 * Runs the application in Electron to its end.
 * @param {string} electron
 * @returns {Promise<boolean>} Whether it ran; false when it ended as it started.
 */
async function runElectron(electron) {
  // Set in the terminals of editors that are made with Electron, where it would make this one plain Node.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE'));
  const child = spawn(electron, [root, ...options.files], { stdio: 'inherit', env });
  const started = Date.now();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      child.kill(signal);
    });
  }
  /** @type {{ code: number | null, signal: string | null, error?: Error }} */
  const end = await new Promise((resolve) => {
    child.on('error', (error) => {
      resolve({ code: 1, signal: null, error });
    });
    child.on('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  if (end.signal === null && end.code !== 0 && Date.now() - started < 5000) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
    say(`Electron did not start (${end.error?.message ?? `exit code ${String(end.code)}`}); opening in a browser.`);
    return false;
  }
  process.exitCode = end.code ?? 1;
  return true;
}

/** Runs the application in the browser host to its end. */
async function runBrowser() {
  /** @type {typeof import('../electron/browser/main.ts')} */
  const built = await import(pathToFileURL(path.join(root, '.dist/electron/browser.js')).href);
  const { startBrowserHost, describeAddress, untilStopped } = built;
  /** @type {BrowserHost} */
  let host;
  try {
    host = await startBrowserHost({ port: options.port, files: options.files });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  const stopped = untilStopped(host, say);
  const window = options['no-window'] ? undefined : openApplicationWindow(host);
  if (window === undefined) say(describeAddress(host));
  else {
    say('Orthant is open in a window of its own. Press Enter for an address to open it elsewhere, Ctrl-C to end.');
    void window.closed.then(({ failed, said: last }) => {
      if (failed) {
        const reason = /sandbox|namespace/i.test(last) ? sandboxProblem({ ...here, userNamespaces: false }) : undefined;
        say('The browser did not open a window.');
        if (reason !== undefined) sayProblem(reason);
        say(describeAddress(host));
      } else if (host.isTraining() || host.windows() > 0) {
        say('The window was closed; Orthant goes on.');
        say(describeAddress(host));
      } else process.kill(process.pid, 'SIGTERM');
    });
  }
  await stopped;
  window?.end();
  await window?.closed;
  process.exit(0);
}

/**
 * Opens a window of an installed browser where there is a display, a browser, and a sandbox that can start; says why not.
 * @param {BrowserHost} host
 */
function openApplicationWindow(host) {
  if (!hasDisplay()) return undefined;
  const browser = findBrowser();
  if (browser === undefined) {
    say('No Chromium-family browser was found for a window; open the address in the browser you have.');
    return undefined;
  }
  // Namespaces are left to the browser: a packaged one may be allowed what other programs are not.
  const problem = sandboxProblem({ ...here, userNamespaces: true });
  if (problem !== undefined) {
    sayProblem(problem);
    return undefined;
  }
  const usual = host.port === usualPort;
  const profile = usual
    ? profileFolder(browser, host.stateFolder)
    : mkdtempSync(path.join(tmpdir(), 'orthant-window-'));
  const window = openWindow(browser, windowArguments(host.newAddress(), profile));
  if (!usual)
    void window.closed.then(() => {
      rmSync(profile, { recursive: true, force: true });
    });
  return window;
}
