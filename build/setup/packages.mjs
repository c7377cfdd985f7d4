import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeFailure, runCommand } from '../../native/system/command.mjs';

const stampName = '.orthant-packages.json';

/**
 * Installs the npm packages unless node_modules matches the lock file.
 * @param {string} root
 * @param {{ log: (line: string) => void }} options
 * @returns {Promise<void>}
 */
export async function installPackages(root, { log }) {
  if (packagesAreCurrent(root)) return;
  log('Installing npm packages');
  // With NODE_ENV=production npm would leave out packages that builds and tests need.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  // Under npm, use the same npm; its path is a script for this Node.
  const npm = process.env.npm_execpath;
  const [command, ...rest] = npm?.endsWith('.js')
    ? [process.execPath, npm, ...args]
    : process.platform === 'win32'
      ? ['cmd.exe', '/d', '/c', 'npm', ...args]
      : ['npm', ...args];
  const result = await runCommand(/** @type {string} */ (command), rest, { timeoutMs: 20 * 60_000, cwd: root });
  if (result.code !== 0) throw new Error(describeFailure('npm ci', result));
  for (const line of result.stderr.split('\n').filter((each) => each.includes('EBADENGINE'))) log(line);
  writeStamp(root);
}

/**
 * Whether node_modules matches the lock file: by a stamp with the lock file's hash, else package by package
 * (npm keeps its own list of installed packages), so that `npm install` by hand is not undone by `npm ci`.
 * @param {string} root
 * @returns {boolean}
 */
export function packagesAreCurrent(root) {
  const modules = path.join(root, 'node_modules');
  const direct = Object.keys({ ...readJson(path.join(root, 'package.json'))?.dependencies });
  if (!direct.every((name) => existsSync(path.join(modules, name, 'package.json')))) return false;
  if (readJson(path.join(modules, stampName))?.lock === lockHash(root)) return true;
  if (!installedMatchesLock(root)) return false;
  writeStamp(root);
  return true;
}

/** @param {string} root */
function installedMatchesLock(root) {
  /** @typedef {Record<string, { version: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }>} Packages */
  /** @type {Packages | undefined} */
  const wanted = readJson(path.join(root, 'package-lock.json'))?.packages;
  /** @type {Packages | undefined} */
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !installed) return false;
  for (const [where, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    if (where === '' || link) continue;
    const found = installed[where];
    // An optional package may be for another platform.
    if (found === undefined && !optional && !devOptional) return false;
    if (found !== undefined && (found.version !== version || !existsSync(path.join(root, where)))) return false;
  }
  return Object.keys(installed).every((where) => wanted[where] !== undefined);
}

/** @param {string} root */
function writeStamp(root) {
  writeFileSync(path.join(root, 'node_modules', stampName), `${JSON.stringify({ lock: lockHash(root) })}\n`);
}

/** @param {string} root */
function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

/** @param {string} file @returns {any} The parsed file, or undefined. */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
