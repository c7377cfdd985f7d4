import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * A wheel as pinned in wheels.json.
 * @typedef {object} Wheel
 * @property {string} package Name in the package index.
 * @property {string} version
 * @property {string} tag Platform tag that pip is asked for.
 * @property {string} file File name of the wheel.
 * @property {string} sha256
 * @property {number} bytes Size of the download.
 * @property {number} unpackedBytes Size of the members that are kept.
 * @property {string[]} members Paths inside the wheel that are kept.
 */

const marker = '.complete.json';

/**
 * The folder that holds TensorFlow, outside the repository: `ORTHANT_CACHE`, or where the platform keeps caches.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [platform] As `process.platform`.
 * @param {string} [home]
 * @returns {string}
 */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  const { join, resolve } = platform === 'win32' ? path.win32 : path.posix;
  if (env.ORTHANT_CACHE) return platform === process.platform ? resolve(env.ORTHANT_CACHE) : env.ORTHANT_CACHE;
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'orthant');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'orthant');
  return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'orthant');
}

/**
 * The cache folder as a machine of another kind would name it; on this kind of machine, this one's.
 * @param {string} platform As in plan.mjs.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheFolderOn(platform, env = process.env) {
  const [system = ''] = platform.split('-');
  return system === process.platform
    ? cacheFolder(env)
    : cacheFolder({}, system, system === 'win32' ? '%USERPROFILE%' : '~');
}

/**
 * Name of the folder of an unpacked wheel: everything that makes its contents, so that versions live side by side.
 * @param {Wheel} wheel
 * @param {string} platform
 */
export function wheelFolderName(wheel, platform) {
  return `${wheel.package}-${wheel.version}-${platform}`;
}

/**
 * Whether `folder` holds the whole of `wheel`: the marker is written last, and each file must have its recorded size.
 * @param {string} folder
 * @param {Wheel} wheel
 * @returns {boolean}
 */
export function isUnpacked(folder, wheel) {
  try {
    /** @type {{ sha256: string, files: Record<string, number> }} */
    const record = JSON.parse(readFileSync(path.join(folder, marker), 'utf8'));
    if (record.sha256 !== wheel.sha256) return false;
    const names = Object.keys(record.files);
    if (!wheel.members.every((member) => names.includes(member))) return false;
    return names.every((name) => statSync(path.join(folder, name)).size === record.files[name]);
  } catch {
    return false;
  }
}

/**
 * The marker's name and text for a folder that is complete.
 * @param {Wheel} wheel
 * @param {Record<string, number>} files Size by path.
 */
export function completeMarker(wheel, files) {
  return { name: marker, text: `${JSON.stringify({ wheel: wheel.file, sha256: wheel.sha256, files }, null, 2)}\n` };
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** A lock older than this is taken to be a leftover whose process id is in use again by another program. */
const longestHold = 2 * 60 * 60 * 1000;

/**
 * Runs `action` while no other process holds the lock `file`; waits for one that does. The lock of a process that is
 * gone is taken over.
 * @template Result
 * @param {string} file
 * @param {() => Promise<Result>} action
 * @param {{ onWait?: (pid: number) => void }} [options]
 * @returns {Promise<Result>}
 */
export async function withLock(file, action, { onWait } = {}) {
  mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = readLock(file);
    if (holder && (!isAlive(holder.pid) || holder.age > longestHold)) takeAway(file, holder.pid);
    else {
      if (holder && !told) onWait?.(holder.pid);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {{ pid: number, age: number } | undefined} undefined while it is being written or already gone.
 */
function readLock(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    const age = Date.now() - statSync(file).mtimeMs;
    // An empty file is one between open and write; after a while it is the leftover of a process that died there.
    if (pid === 0) return age > 5000 ? { pid: 0, age: Number.POSITIVE_INFINITY } : undefined;
    return { pid, age };
  } catch {
    return undefined;
  }
}

/**
 * Removes a dead holder's lock. Renaming first makes sure that of several waiting processes one removes it, and that
 * it is still the dead one's.
 * @param {string} file
 * @param {number} pid
 */
function takeAway(file, pid) {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, aside);
    if (Number(readFileSync(aside, 'utf8')) !== pid && !existsSync(file)) renameSync(aside, file);
  } catch {
    // Another process was quicker.
  }
  rmSync(aside, { force: true });
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString('en-GB')} MB`;

/**
 * Bytes of all files below `folder`; one that is not there, or vanishes meanwhile, counts nothing.
 * @param {string} folder
 * @returns {number}
 */
export function folderBytes(folder) {
  let sum = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const each = path.join(folder, entry.name);
      sum += entry.isDirectory() ? folderBytes(each) : (statSync(each, { throwIfNoEntry: false })?.size ?? 0);
    }
  } catch {
    // Gone meanwhile.
  }
  return sum;
}
