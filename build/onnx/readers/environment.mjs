import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../../native/system/folders.mjs';
import { runCommand } from '../../../native/system/command.mjs';
import { findPython } from '../../../native/tensorflow/python.mjs';

const requirements = path.join(import.meta.dirname, 'requirements.txt');

/** @param {string} folder */
const interpreter = (folder) =>
  process.platform === 'win32' ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');

/**
 * A Python with the packages of requirements.txt, in a virtual environment in the cache folder that is made once and
 * named after its content. It is made under another name and renamed, so that an incomplete one is never used.
 * @returns {Promise<{ python: string } | { missing: string }>} `missing` is the reason if there is none.
 */
export async function readersPython() {
  const { python, tried } = await findPython();
  if (python === undefined) return { missing: `no Python with pip: ${tried.join(', ')}` };
  const version = await runCommand(python.command, [...python.args, '--version'], { timeoutMs: 60_000 });
  const contents = createHash('sha256').update(readFileSync(requirements)).update(version.stdout).digest('hex');
  const folder = path.join(cacheFolder(), `test-venv-${contents.slice(0, 12)}`);
  if (existsSync(folder)) return { python: interpreter(folder) };

  mkdirSync(cacheFolder(), { recursive: true });
  const temporary = mkdtempSync(`${folder}.`);
  try {
    const made = await runCommand(python.command, [...python.args, '-m', 'venv', temporary], { timeoutMs: 120_000 });
    if (made.code !== 0) return { missing: `python -m venv failed: ${lastLine(made)}` };
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
    const installed = await runCommand(interpreter(temporary), [...pip, '-r', requirements], { timeoutMs: 300_000 });
    if (installed.code !== 0) return { missing: `pip install failed: ${lastLine(installed)}` };
    renameSync(temporary, folder);
  } catch (error) {
    // Another test run may have been faster; its environment is equal.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return { python: interpreter(folder) };
}

/** @param {{ stdout: string, stderr: string, error?: unknown }} result */
const lastLine = ({ stdout, stderr, error }) =>
  `${stdout}\n${stderr}`.trim().split('\n').at(-1) || (error === undefined ? 'no message' : String(error));

/**
 * Reads exported models with the Python packages: see read_models.py.
 * @param {string} python From {@link readersPython}.
 * @param {string} folder Folder with one folder per case.
 * @returns {Promise<Record<string, any>>} The results by case.
 */
export async function readModels(python, folder) {
  const script = path.join(import.meta.dirname, 'read_models.py');
  const { code, stdout, stderr } = await runCommand(python, [script, folder], { timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`read_models.py failed:\n${stderr}`);
  return JSON.parse(stdout);
}
