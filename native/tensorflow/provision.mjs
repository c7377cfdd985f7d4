import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { makeFolder, move } from '../system/files.mjs';
import { withLock } from '../system/lock.mjs';
import { completeMarker, folderBytes, isUnpacked, megabytes } from './cache.mjs';
import { describeFailure, runCommand } from '../system/command.mjs';
import { missingWheels } from './plan.mjs';
import { findPython } from './python.mjs';
import { pins } from './wheels.mjs';

/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {Plan['wheels'][number]} PlannedWheel */
/** @typedef {import('./python.mjs').Python} Python */

const minute = 60_000;
const unpackScript = fileURLToPath(new URL('unpackWheel.py', import.meta.url));

/**
 * Downloads and unpacks the wheels of a plan that are not in the cache folder yet. Each wheel is written under a temporary
 * name and renamed when it is complete, so that an interruption at any moment leaves nothing that looks complete.
 * @param {Plan} plan
 * @param {{ log: (line: string) => void, env?: NodeJS.ProcessEnv, progressMs?: number }} options
 * @returns {Promise<void>} Rejects with a description of the failure.
 */
export async function provision(plan, { log, env = process.env, progressMs = 5000 }) {
  if (missingWheels(plan).length === 0) return;
  const { python, tried } = await findPython(env);
  if (!python) {
    throw new Error(
      `no Python with pip was found: ${tried.join(', ')}. Install Python 3 with pip, or name one with ORTHANT_PYTHON`,
    );
  }
  makeCache(plan.cache);
  const onWait = (/** @type {number} */ pid) => {
    log(`Another set-up (process ${String(pid)}) is running in ${plan.cache}; waiting for it.`);
  };
  await withLock(
    path.join(plan.cache, '.lock'),
    async () => {
      const incoming = path.join(plan.cache, '.incoming');
      // This process holds the lock, so the folder is the leftover of an interruption.
      rmSync(incoming, { recursive: true, force: true });
      const missing = missingWheels(plan);
      if (missing.length > 1) {
        const total = missing.reduce((sum, wheel) => sum + wheel.bytes, 0);
        const kept = missing.reduce((sum, wheel) => sum + wheel.unpackedBytes, 0);
        log(
          `TensorFlow ${pins.version} for this card: ${missing.length} downloads, ${megabytes(total)}; ${megabytes(kept)} on disk.`,
        );
      }
      for (const wheel of missing) {
        const folder = path.join(incoming, randomBytes(6).toString('hex'));
        makeFolder(folder);
        try {
          const file = await download(wheel, python, folder, { log, env, progressMs });
          await unpack(wheel, file, python, folder, env);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }
      rmSync(incoming, { recursive: true, force: true });
    },
    { onWait },
  );
}

/** @param {string} folder */
function makeCache(folder) {
  try {
    makeFolder(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the cache folder ${folder} cannot be written (${reason}). ORTHANT_CACHE can name another`, {
      cause: error,
    });
  }
}

/**
 * @param {PlannedWheel} wheel
 * @param {Python} python
 * @param {string} folder
 * @param {{ log: (line: string) => void, env: NodeJS.ProcessEnv, progressMs: number }} options
 * @returns {Promise<string>} The path of the wheel, its SHA-256 checked.
 */
async function download(wheel, python, folder, { log, env, progressMs }) {
  const { bavail, bsize } = statfsSync(folder);
  const needed = wheel.bytes * 2 + wheel.unpackedBytes;
  if (bavail * bsize < needed) {
    throw new Error(
      `${folder} has ${megabytes(bavail * bsize)} free and ${megabytes(needed)} are needed. ORTHANT_CACHE can name another place`,
    );
  }
  const name = `${wheel.package} ${wheel.version}`;
  log(`Downloading ${name} (${megabytes(wheel.bytes)})`);
  const timer = setInterval(() => {
    const share = Math.min(99, Math.floor((100 * folderBytes(folder)) / wheel.bytes));
    log(`Downloading ${name}: ${String(share)} %`);
  }, progressMs);
  const args = [
    ...python.args,
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--python-version',
    pins.python,
    '--implementation',
    'cp',
    '--platform',
    wheel.tag,
    '--disable-pip-version-check',
    '--no-cache-dir',
    '--no-input',
    '--quiet',
    '--retries',
    '2',
    '--timeout',
    '30',
    '--dest',
    folder,
    `${wheel.package}==${wheel.version}`,
  ];
  // pip uses TMPDIR: here it is on the same disk, counted for the progress, and cleaned up with the rest.
  const result = await runCommand(python.command, args, {
    timeoutMs: 30 * minute,
    env: { ...env, TMPDIR: folder, TEMP: folder, TMP: folder },
  }).finally(() => {
    clearInterval(timer);
  });
  if (result.code !== 0) throw new Error(`${describeFailure(`pip download of ${name}`, result)}`);
  const file = path.join(folder, wheel.file);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    const got =
      readdirSync(folder)
        .filter((each) => each.endsWith('.whl'))
        .join(', ') || 'nothing';
    throw new Error(`pip download of ${name} brought ${got} instead of ${wheel.file}`);
  }
  const digest = await sha256(file);
  if (digest !== wheel.sha256) {
    throw new Error(
      `${wheel.file} is not the pinned file: ${size === wheel.bytes ? '' : `${String(size)} of ${String(wheel.bytes)} bytes, `}SHA-256 ${digest} instead of ${wheel.sha256}`,
    );
  }
  return file;
}

/**
 * @param {PlannedWheel} wheel
 * @param {string} file
 * @param {Python} python
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function unpack(wheel, file, python, folder, env) {
  const target = path.join(folder, 'unpacked');
  const args = [...python.args, unpackScript, file, target, JSON.stringify(wheel.keep)];
  const result = await runCommand(python.command, args, { timeoutMs: 15 * minute, env });
  if (result.code !== 0) throw new Error(describeFailure(`unpacking ${wheel.file}`, result));
  /** @type {Record<string, number>} */
  const files = JSON.parse(result.stdout);
  const marker = completeMarker(wheel, files);
  writeFileSync(path.join(target, marker.name), marker.text);
  if (!isUnpacked(target, wheel)) throw new Error(`unpacking ${wheel.file} left an incomplete folder`);
  // An existing folder of that name is incomplete; otherwise the wheel would not be missing.
  rmSync(wheel.folder, { recursive: true, force: true });
  move(target, wheel.folder);
}

/** @param {string} file @returns {Promise<string>} */
function sha256(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(file, { highWaterMark: 1 << 20 })
      .on('data', (chunk) => hash.update(chunk))
      .on('error', reject)
      .on('end', () => {
        resolve(hash.digest('hex'));
      });
  });
}
