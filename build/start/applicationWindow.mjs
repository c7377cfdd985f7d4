import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The window of an installed Chromium-family browser that shows one page without address bar and tabs. */

const linuxNames = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
  'vivaldi-stable',
];
const macApplications = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser', 'Vivaldi'];
const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
  'Chromium\\Application\\chrome.exe',
  'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
  'Vivaldi\\Application\\vivaldi.exe',
];

/**
 * An installed browser of the Chromium family; `ORTHANT_BROWSER` overrides the search.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [platform] As `process.platform`.
 * @param {(file: string) => boolean} [exists]
 * @returns {string | undefined}
 */
export function findBrowser(env = process.env, platform = process.platform, exists = existsSync) {
  if (env.ORTHANT_BROWSER) return env.ORTHANT_BROWSER;
  return candidates(env, platform).find((file) => exists(file));
}

/** @param {NodeJS.ProcessEnv} env @param {string} platform */
function candidates(env, platform) {
  if (platform === 'darwin') {
    const folders = ['/Applications', path.posix.join(env.HOME ?? homedir(), 'Applications')];
    return folders.flatMap((folder) => macApplications.map((name) => `${folder}/${name}.app/Contents/MacOS/${name}`));
  }
  if (platform === 'win32') {
    const folders = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter((each) => each !== undefined);
    return windowsPrograms.flatMap((program) => folders.map((folder) => path.win32.join(folder, program)));
  }
  const folders = (env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return linuxNames.flatMap((name) => folders.map((folder) => `${folder}/${name}`));
}

/**
 * Whether there is a display to open a window on.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [platform]
 */
export function hasDisplay(env = process.env, platform = process.platform) {
  // Windows and macOS always have one, except in a remote shell.
  if (platform !== 'linux') return env.SSH_CONNECTION === undefined;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Arguments of the application window: its own profile, since a running browser would take over the address and this
 * process would not see the window closed; and none of a browser's background traffic.
 * @param {string} address
 * @param {string} profile Folder of the profile.
 */
export function windowArguments(address, profile) {
  return [
    `--app=${address}`,
    `--user-data-dir=${profile}`,
    '--window-size=1280,860',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-domain-reliability',
    '--disable-sync',
    '--no-pings',
    '--password-store=basic',
  ];
}

/**
 * Folder for the profile: a browser from a snap package may write only below its own folder.
 * @param {string} browser
 * @param {string} stateFolder
 * @param {string} [home]
 */
export function profileFolder(browser, stateFolder, home = homedir()) {
  return browser.startsWith('/snap/')
    ? path.join(home, 'snap', path.basename(browser), 'common', 'orthant-window')
    : path.join(stateFolder, 'browser-window');
}

/**
 * Opens the window.
 * @param {string} browser
 * @param {readonly string[]} args
 * @returns {{ closed: Promise<{ failed: boolean, output: string }>, end: () => void }} `closed` reports how the browser
 *   ended and the end of its output; `end` closes the window.
 */
export function openWindow(browser, args) {
  const child = spawn(browser, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A separate process group: Ctrl-C in the terminal is for this process, which first stops a run and reports it.
    detached: process.platform !== 'win32',
  });
  // Also when this process ends at once.
  const end = () => void child.kill('SIGTERM');
  process.once('exit', end);

  let output = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    output = (output + text).slice(-4000);
  });
  const closed = new Promise((/** @type {(how: { failed: boolean, output: string }) => void} */ resolve) => {
    child.on('error', (error) => {
      process.off('exit', end);
      resolve({ failed: true, output: error.message });
    });
    child.on('exit', (code, signal) => {
      process.off('exit', end);
      resolve({ failed: signal === null ? code !== 0 : signal !== 'SIGTERM', output });
    });
  });
  return { closed, end };
}
