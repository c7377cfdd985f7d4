import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { defaultPort } from '../../electron/browser/port.mjs';
import { endingSignals } from '../../native/system/processes.mjs';
import { findBrowser, hasDisplay, openWindow, profileFolder, windowArguments } from './applicationWindow.mjs';
import { earlierFailure, findElectron, installElectron } from './electronBinary.mjs';
import { blamesSandbox, runElectron } from './runElectron.mjs';
import { sandboxHelper, sandboxProblem } from './sandbox.mjs';

/** @typedef {import('../../electron/browser/browserMain.ts').BrowserHost} BrowserHost */
/** @typedef {import('../../electron/browser/joining.ts').JoinedHost} JoinedHost */
/** @typedef {import('./sandbox.mjs').Surroundings} Surroundings */

/**
 * @typedef {object} StartOptions
 * @property {string} root Root of the repository.
 * @property {Surroundings} here
 * @property {boolean} browser Open in a browser, even if Electron is available.
 * @property {boolean} electron Retry the download of Electron after a failure.
 * @property {boolean} window Whether the browser host opens a window.
 * @property {number | undefined} port Port of the browser host.
 * @property {readonly string[]} files Files to open.
 */

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}

/** @type {Set<string>} */
const printed = new Set();
/**
 * Prints why the sandbox cannot start; once, since Electron and a browser have the same problem.
 * @param {{ reason: string, fix: string }} problem
 */
function printProblem({ reason, fix }) {
  if (printed.has(fix)) return;
  printed.add(fix);
  say(`${reason}. To fix it: ${fix}`);
}

/**
 * Opens the application after set-up, in Electron or, if that is not available or cannot run, in a browser; resolves
 * with the exit code once it has ended.
 * @param {StartOptions} options
 * @returns {Promise<number>}
 */
export async function openApplication(options) {
  const executable = options.browser ? undefined : await electronExecutable(options);
  if (executable === undefined) return runBrowser(options);
  const end = await runElectron(executable, [options.root, ...options.files]);
  if (end.ran) return end.code;
  // The system may allow namespaces, but not to this program.
  const problem = end.blamesSandbox
    ? sandboxProblem({ ...options.here, userNamespaces: false }, sandboxHelper(executable))
    : undefined;
  if (problem !== undefined) printProblem(problem);
  say(`Electron did not start (${end.reason}); opening in a browser.`);
  return runBrowser(options);
}

/**
 * Electron's executable if it is available and can run here; otherwise prints the reason in one line.
 * @param {StartOptions} options
 * @returns {Promise<string | undefined>}
 */
async function electronExecutable({ root, here, electron }) {
  if (!hasDisplay()) {
    say('There is no display for a window here.');
    return undefined;
  }
  const found = findElectron(root);
  const problem = sandboxProblem(
    here,
    sandboxHelper(found ?? path.join(root, 'node_modules', 'electron', 'dist', 'electron')),
  );
  if (problem !== undefined) {
    printProblem(problem);
    return undefined;
  }
  if (found !== undefined) return found;
  if (process.env.ORTHANT_ELECTRON_BIN) {
    say(`ORTHANT_ELECTRON_BIN names ${process.env.ORTHANT_ELECTRON_BIN}, which is not there; opening in a browser.`);
    return undefined;
  }
  const failure = earlierFailure(root);
  if (failure !== undefined && !electron) {
    say(`Electron is not available (${failure}); opening in a browser. To try again: npm start -- --electron`);
    return undefined;
  }
  say('Fetching Electron (about 120 MB, once) ...');
  const installed = await installElectron(root);
  if ('executable' in installed) return installed.executable;
  say(`Electron is not available (${installed.reason}); opening in a browser.`);
  return undefined;
}

/**
 * Runs the application in the browser host until it ends.
 * @param {StartOptions} options
 * @returns {Promise<number>}
 */
async function runBrowser({ root, here, port, files, window: wanted }) {
  /** @type {typeof import('../../electron/browser/browserMain.ts')} */
  const built = await import(pathToFileURL(path.join(root, '.dist/electron/browser.js')).href);
  const { startBrowserHost, describeAddress, untilStopped, joinHost, describeJoined } = built;
  const joined = await joinHost(files);
  if (joined !== undefined) {
    say(describeJoined(joined));
    return showJoined(joined, here, wanted);
  }
  /** @type {BrowserHost} */
  let host;
  try {
    host = await startBrowserHost({ port, files });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  let ending = false;
  const stopped = untilStopped(host, say, () => {
    ending = true;
  });
  const window = wanted ? openApplicationWindow(host, here) : undefined;
  if (window === undefined) say(describeAddress(host));
  else {
    say('Orthant is open in a window. Press Enter for an address to open it elsewhere, Ctrl-C to end.');
    void window.closed.then(({ failed, output: last }) => {
      if (ending) return;
      if (failed) {
        const reason = blamesSandbox(last) ? sandboxProblem({ ...here, userNamespaces: false }) : undefined;
        say('The browser did not open a window.');
        if (reason !== undefined) printProblem(reason);
        say(describeAddress(host));
      } else if (host.isTraining() || host.windows() > 0) {
        say('The window was closed; Orthant keeps running.');
        say(describeAddress(host));
      } else {
        // Not `process.kill`: on Windows that ends this process at once, without its cleanup.
        process.emit('SIGTERM', 'SIGTERM');
      }
    });
  }
  await stopped;
  window?.end();
  await window?.closed;
  return 0;
}

/**
 * Opens another window of a running host, and resolves once that is closed; prints its address if no window opens.
 * @param {JoinedHost} joined
 * @param {Surroundings} here
 * @param {boolean} wanted
 */
async function showJoined(joined, here, wanted) {
  const address = `\n  ${joined.newAddress()}\n`;
  const window = wanted ? openApplicationWindow(joined, here) : undefined;
  if (window === undefined) {
    say(address);
    return 0;
  }
  for (const signal of endingSignals) process.once(signal, window.end);
  const { failed } = await window.closed;
  if (failed) say(`The browser did not open a window.\n${address}`);
  return 0;
}

/**
 * Opens a window of an installed browser if there is a display, a browser, and a sandbox that can start; otherwise prints why not.
 * @param {Pick<BrowserHost, 'port' | 'stateFolder' | 'newAddress'>} host
 * @param {Surroundings} here
 */
function openApplicationWindow(host, here) {
  if (!hasDisplay()) return undefined;
  const browser = findBrowser();
  if (browser === undefined) {
    say('No Chromium-family browser was found for a window; open the address in the browser you have.');
    return undefined;
  }
  // The browser checks namespaces itself: a packaged one may be allowed more than other programs.
  const problem = sandboxProblem({ ...here, userNamespaces: true });
  if (problem !== undefined) {
    printProblem(problem);
    return undefined;
  }
  const usual = host.port === defaultPort;
  const profile = usual
    ? profileFolder(browser, host.stateFolder)
    : mkdtempSync(path.join(tmpdir(), 'orthant-window-'));
  const window = openWindow(browser, windowArguments(host.newAddress(), profile));
  if (usual) return window;
  return {
    end: window.end,
    closed: window.closed.finally(() => {
      rmSync(profile, { recursive: true, force: true });
    }),
  };
}
