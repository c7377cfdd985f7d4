import path from 'node:path';
import { describeFailure, runCommand } from '../../native/system/command.mjs';

export const root = path.resolve(import.meta.dirname, '../..');
/** Folder of the bench's files: the virtual environment, its own built code, the results. */
export const folder = path.join(root, '.cache/bench');
export const peerScripts = path.join(import.meta.dirname, 'peers');
const minutes = 60_000;

/**
 * A column of a table: the program that it measures.
 * @typedef {{ title: string, command: string, args: string[], env?: Record<string, string> }} Column
 */

/**
 * The JSON object that a program prints last; undefined, after a message, if it fails.
 * @param {string} what
 * @param {Column} column
 * @param {readonly string[]} more Further arguments.
 * @returns {Promise<unknown>}
 */
export async function lastLine(what, { title, command, args, env }, more) {
  const result = await runCommand(command, [...args, ...more], {
    timeoutMs: 30 * minutes,
    cwd: root,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', ...env },
  });
  const line = result.stdout.trim().split('\n').at(-1) ?? '';
  if (result.code === 0 && line.startsWith('{')) return JSON.parse(line);
  console.error(`${title}, ${what}: ${describeFailure('it', result)}`);
  process.exitCode = 1;
  return undefined;
}
