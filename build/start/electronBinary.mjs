import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../native/system/command.mjs';

/** Electron's binary: downloaded by its own installer on first use, with a time limit; a failed download is not repeated. */

const executables = /** @type {Record<string, string>} */ ({
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
});

/** Time limit of the download, in milliseconds. */
const longest = 120_000;

/**
 * The executable, if it is complete and has the required version; `ORTHANT_ELECTRON_BIN` overrides it.
 * @param {string} root of the repository
 * @param {string} [platform] as `process.platform`
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findElectron(root, platform = process.platform, env = process.env) {
  if (env.ORTHANT_ELECTRON_BIN) return existsSync(env.ORTHANT_ELECTRON_BIN) ? env.ORTHANT_ELECTRON_BIN : undefined;
  const folder = path.join(root, 'node_modules', 'electron');
  const executable = path.join(folder, 'dist', executables[platform] ?? 'electron');
  try {
    const installed = readFileSync(path.join(folder, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
    // The installer writes this file last.
    const complete = existsSync(path.join(folder, 'path.txt'));
    return complete && installed === wantedVersion(root) && existsSync(executable) ? executable : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} root */
function wantedVersion(root) {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules', 'electron', 'package.json'), 'utf8'));
  return version;
}

/** @param {string} root */
const noteFile = (root) => path.join(root, '.cache', 'electron-failed.json');

/**
 * The reason why an earlier download of this version failed, so that a start without network stays quick.
 * @param {string} root
 * @returns {string | undefined}
 */
export function earlierFailure(root) {
  try {
    /** @type {{ version: string, reason: string }} */
    const note = JSON.parse(readFileSync(noteFile(root), 'utf8'));
    return note.version === wantedVersion(root) ? note.reason : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fetches the binary.
 * @param {string} root
 * @param {{ timeoutMs?: number, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ executable: string } | { reason: string }>}
 */
export async function installElectron(root, { timeoutMs = longest, env = process.env } = {}) {
  const installer = path.join(root, 'node_modules', 'electron', 'install.js');
  const result = await runCommand(process.execPath, [installer], { timeoutMs, env, cwd: root });
  const executable = result.code === 0 ? findElectron(root) : undefined;
  if (executable !== undefined) {
    rmSync(noteFile(root), { force: true });
    return { executable };
  }
  const reason = result.timedOut
    ? `the download took longer than ${Math.round(timeoutMs / 1000)} s`
    : (firstLine(result.stderr) ?? `its installer ended with code ${String(result.code)}`);
  try {
    mkdirSync(path.dirname(noteFile(root)), { recursive: true });
    writeFileSync(noteFile(root), `${JSON.stringify({ version: wantedVersion(root), reason })}\n`);
  } catch {
    // The repository is read-only: the next start tries again.
  }
  return { reason };
}

/**
 * The line of an error's stack with the message.
 * @param {string} text
 */
function firstLine(text) {
  const line = text.split('\n').find((each) => each.trim() !== '' && !each.startsWith('    at '));
  return line
    ?.trim()
    .replace(/^(?:\w*Error:\s*)+/, '')
    .replace(/\.$/, '')
    .slice(0, 160);
}
