import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { makeFolder, move, writeFileAtomic } from '../../native/system/files.mjs';
import { describeFailure, runCommand } from '../../native/system/command.mjs';

/**
 * One build with Vite. `sources` are its source folders; a target without any existing `entries` is skipped.
 * @typedef {{ id: 'native' | 'electron' | 'renderer', name: string, config: string, sources: string[], entries: string[], output: string }} CodeTarget
 */

/** @type {readonly CodeTarget[]} */
const codeTargets = [
  {
    id: 'native',
    name: 'engine and command line',
    config: 'build/native.vite.config.ts',
    sources: ['native'],
    entries: ['native/engine/engineMain.ts', 'native/cli/cliMain.ts'],
    output: '.dist/native',
  },
  {
    id: 'electron',
    name: 'hosts of the window',
    config: 'build/electron.vite.config.ts',
    sources: ['electron', 'native/contract', 'native/system', 'native/base'],
    entries: ['electron/electronMain.ts', 'electron/browser/browserMain.ts'],
    output: '.dist/electron',
  },
  {
    id: 'renderer',
    name: 'window',
    config: 'renderer/vite.config.ts',
    sources: ['renderer', 'native/contract', 'native/base'],
    entries: ['renderer/index.html'],
    output: '.dist/renderer',
  },
];

const stampName = '.stamp';
/** Chunks of an older build stay this long, for a running program that has not loaded them yet. */
const keepOldMs = 7 * 24 * 3600 * 1000;

/** @typedef {CodeTarget['id']} CodeTargetId */

/**
 * Builds the targets that changed since their last build.
 * @param {string} root
 * @param {{ log: (line: string) => void, targets?: readonly CodeTargetId[] }} options `targets`: only these.
 * @returns {Promise<void>}
 */
export async function buildCode(root, { log, targets }) {
  for (const target of selected(targets)) {
    const stamp = sourceStamp(root, target);
    if (stamp === undefined || isBuilt(root, target, stamp)) continue;
    log(`Building ${target.name}`);
    await build(root, target, stamp);
  }
}

/** @param {readonly CodeTargetId[]} [targets] */
function selected(targets) {
  return codeTargets.filter((target) => targets === undefined || targets.includes(target.id));
}

/**
 * Whether every target is built from the current source.
 * @param {string} root
 * @param {readonly CodeTargetId[]} [targets] Only these.
 */
export function codeIsCurrent(root, targets) {
  return selected(targets).every((target) => {
    const stamp = sourceStamp(root, target);
    return stamp === undefined || isBuilt(root, target, stamp);
  });
}

/** @param {string} root @param {CodeTarget} target @param {string} stamp */
function isBuilt(root, target, stamp) {
  const file = path.join(root, target.output, stampName);
  if (!existsSync(file)) return false;
  const [built, ...files] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return built === stamp && files.every((each) => existsSync(path.join(root, target.output, each)));
}

/**
 * Files of older builds among the built code, which a package does not need.
 * @param {string} root
 * @returns {string[]} Paths below `root`, with slashes.
 */
export function filesOfOlderBuilds(root) {
  return codeTargets.flatMap(({ output }) => {
    const stamp = path.join(root, output, stampName);
    if (!existsSync(stamp)) return [];
    const current = readFileSync(stamp, 'utf8').trimEnd().split('\n').slice(1);
    const old = listFiles(path.join(root, output)).filter((file) => file !== stampName && !current.includes(file));
    return old.map((file) => `${output}/${file}`);
  });
}

/**
 * A hash of names, sizes and times of a target's source files; undefined if none of the target's entries exists.
 * @param {string} root
 * @param {CodeTarget} target
 */
function sourceStamp(root, target) {
  if (!target.entries.some((entry) => existsSync(path.join(root, entry)))) return undefined;
  const hash = createHash('sha256');
  /** @param {string} where */
  const add = (where) => {
    const { size, mtimeMs } = statSync(path.join(root, where));
    hash.update(`${where}\0${String(size)}\0${String(mtimeMs)}\n`);
  };
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const where = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(where);
      else if (!entry.name.endsWith('.test.ts')) add(where);
    }
  };
  for (const folder of target.sources.filter((each) => existsSync(path.join(root, each)))) walk(folder);
  for (const file of [target.config, 'package-lock.json']) add(file);
  return hash.digest('hex');
}

/**
 * Builds to a temporary folder, then renames file by file, entries last and the stamp after them: a program started
 * meanwhile finds the old build or the new one, and a running one still finds its own chunks.
 * @param {string} root
 * @param {CodeTarget} target
 * @param {string} stamp
 */
async function build(root, target, stamp) {
  const temporary = path.join(root, '.dist', `.building-${randomBytes(6).toString('hex')}`);
  const output = path.join(root, target.output);
  try {
    const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const places = ['--config', target.config, '--outDir', temporary, '--emptyOutDir'];
    const args = [vite, 'build', ...places, '--logLevel', 'error'];
    const result = await runCommand(process.execPath, args, { timeoutMs: 5 * 60_000, cwd: root });
    if (result.timedOut || result.error) throw new Error(describeFailure(`building ${target.name}`, result));
    if (result.code !== 0) throw new Error(`building ${target.name} failed:\n${withoutStack(result.stderr)}`);
    const files = listFiles(temporary);
    const entries = files.filter((file) => !/-[\w-]{8}\.js(\.map)?$/.test(file));
    for (const file of [...files.filter((each) => !entries.includes(each)), ...entries]) {
      const to = path.join(output, file);
      makeFolder(path.dirname(to));
      move(path.join(temporary, file), to);
    }
    const old = Date.now() - keepOldMs;
    for (const file of listFiles(output)) {
      if (!files.includes(file) && statSync(path.join(output, file)).mtimeMs < old) rmSync(path.join(output, file));
    }
    writeFileAtomic(path.join(output, stampName), `${[stamp, ...files].join('\n')}\n`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Vite's message about a failed build, without its call stack.
 * @param {string} text
 */
function withoutStack(text) {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines
    .filter((line) => !/^\s+at |^error during build:|^\s*(errors: |\})/.test(line))
    .slice(0, 40)
    .join('\n')
    .trim();
}

/** @param {string} folder @returns {string[]} Paths below `folder`, with slashes. */
function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}
