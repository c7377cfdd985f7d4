import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../system/folders.mjs';

/**
 * A wheel as pinned in wheels.json.
 * @typedef {object} Wheel
 * @property {string} package Name in the package index.
 * @property {string} version
 * @property {string} tag Platform tag requested from pip.
 * @property {string} file File name of the wheel.
 * @property {string} sha256
 * @property {number} bytes Size of the download.
 * @property {number} unpackedBytes Size of the members that are kept.
 * @property {string[]} members Paths inside the wheel that are kept.
 */

const marker = '.complete.json';

/**
 * The cache folder on a machine of another kind; for this kind of machine, the real one.
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
 * Name of the folder of an unpacked wheel. It contains everything that determines the contents, so that versions coexist.
 * @param {Wheel} wheel
 * @param {string} platform
 */
export function wheelFolderName(wheel, platform) {
  return `${wheel.package}-${wheel.version}-${platform}`;
}

/**
 * Whether `folder` holds `wheel` completely: the marker is written last, and each file must have its recorded size.
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
 * The marker's name and text for a complete folder.
 * @param {Wheel} wheel
 * @param {Record<string, number>} files Size by path.
 */
export function completeMarker(wheel, files) {
  return { name: marker, text: `${JSON.stringify({ wheel: wheel.file, sha256: wheel.sha256, files }, null, 2)}\n` };
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString('en-GB')} MB`;

/**
 * Bytes of all files below `folder`; a missing file counts as 0.
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
    // Removed meanwhile.
  }
  return sum;
}
