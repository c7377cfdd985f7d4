import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../native/system/command.mjs';

/**
 * Checks whether Chromium's sandbox can start, which Electron and every Chromium-family browser need. If it cannot, the
 * command that fixes it is printed; the sandbox is never switched off.
 */

/**
 * Facts about this computer that decide whether the sandbox starts.
 * @typedef {object} Surroundings
 * @property {string} platform As `process.platform`.
 * @property {number | undefined} uid
 * @property {string | undefined} sudoUser The user who became root.
 * @property {boolean} container
 * @property {boolean} apparmor AppArmor prevents programs without a profile from making user namespaces (Ubuntu 24.04 and later).
 * @property {boolean} userNamespaces Whether a program can make a user namespace.
 */

/** @returns {Promise<Surroundings>} */
export async function readSurroundings() {
  const linux = process.platform === 'linux';
  return {
    platform: process.platform,
    uid: process.getuid?.(),
    sudoUser: process.env.SUDO_USER,
    container: linux && (existsSync('/.dockerenv') || existsSync('/run/.containerenv')),
    apparmor: linux && readSwitch('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1',
    userNamespaces: !linux || (await canMakeNamespace()),
  };
}

/** @param {string} file */
function readSwitch(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Tries it: no file tells what the kernel, AppArmor and a container's filter allow together. */
async function canMakeNamespace() {
  const tried = await runCommand('unshare', ['--user', '--map-root-user', 'true'], { timeoutMs: 2000 });
  if (tried.error === undefined && !tried.timedOut) return tried.code === 0;
  const off = ['/proc/sys/kernel/unprivileged_userns_clone', '/proc/sys/user/max_user_namespaces'];
  return off.every((file) => readSwitch(file) !== '0');
}

/**
 * Why the sandbox cannot start, and the command that fixes it; undefined if it can start.
 * @param {Surroundings} here
 * @param {string} [helper] The `chrome-sandbox` beside an Electron executable.
 * @returns {{ reason: string, fix: string } | undefined}
 */
export function sandboxProblem(here, helper) {
  if (here.platform !== 'linux') return undefined;
  if (here.uid === 0) {
    const user = here.sudoUser ?? '<your user>';
    return {
      reason: "Chromium's sandbox does not start for the root user",
      fix: here.sudoUser === undefined ? `runuser -u '${user}' -- npm start` : `sudo -u ${user} npm start`,
    };
  }
  if (here.userNamespaces || (helper !== undefined && isSetUid(helper))) return undefined;
  if (here.container) {
    return {
      reason: "Chromium's sandbox needs user namespaces, which this container does not allow",
      fix: 'docker run --network host ... (then open the address below in a browser outside of the container)',
    };
  }
  const reason = here.apparmor
    ? "AppArmor keeps Chromium's sandbox from starting, as on Ubuntu 24.04 and later"
    : "Chromium's sandbox needs user namespaces, which are switched off here";
  if (helper !== undefined) return { reason, fix: `sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'` };
  const off = here.apparmor ? 'kernel.apparmor_restrict_unprivileged_userns=0' : 'user.max_user_namespaces=15000';
  return { reason, fix: `sudo sysctl -w ${off}` };
}

/** @param {string} helper */
function isSetUid(helper) {
  try {
    const { mode, uid } = statSync(helper);
    return uid === 0 && (mode & 0o4000) !== 0;
  } catch {
    return false;
  }
}

/** @param {string} executable Electron's executable. */
export const sandboxHelper = (executable) => path.join(path.dirname(executable), 'chrome-sandbox');
