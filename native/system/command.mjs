import { spawn } from 'node:child_process';
import { endingSignals } from './processes.mjs';

/**
 * Result of a finished child process. `code` is null when it could not be started or was ended by a signal.
 * @typedef {{ code: number | null, stdout: string, stderr: string, timedOut: boolean, error?: Error }} CommandResult
 */

/**
 * Runs a program until it ends, with a time limit, and collects its output. Never throws: a missing program gives a result
 * with `error`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeoutMs: number, env?: NodeJS.ProcessEnv, cwd?: string, onOutput?: (text: string) => void }} options
 * @returns {Promise<CommandResult>}
 */
export function runCommand(command, args, { timeoutMs, env, cwd, onOutput }) {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    // Its own process group, so that the time limit ends the helpers a program starts as well (pip, cc1plus).
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
      windowsHide: true,
      ...(env && { env }),
      ...(cwd && { cwd }),
    });
    const end = () => {
      try {
        if (detached && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It ended in the meantime.
      }
    };
    // A separate group receives neither the terminal's Ctrl-C nor its end, so this process ends it.
    /** @param {NodeJS.Signals} signal */
    const onSignal = (signal) => {
      end();
      release();
      process.kill(process.pid, signal);
    };
    const release = () => {
      process.off('exit', end);
      for (const signal of endingSignals) process.off(signal, onSignal);
    };
    process.once('exit', end);
    for (const signal of endingSignals) process.once(signal, onSignal);
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeoutMs);
    /** @param {number | null} code @param {Error} [error] */
    const finish = (code, error) => {
      clearTimeout(timer);
      release();
      resolve({ code, stdout, stderr, timedOut, ...(error && { error }) });
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      onOutput?.(text);
    });
    child.on('error', (error) => {
      finish(null, error);
    });
    child.on('close', (code) => {
      finish(code);
    });
  });
}

/**
 * One line with the reason why a program failed: its time limit, a failed start, or its last lines of output.
 * @param {string} what
 * @param {CommandResult} result
 * @returns {string}
 */
export function describeFailure(what, result) {
  if (result.timedOut) return `${what} was ended because it ran past its time limit`;
  if (result.error) return `${what} could not be started (${result.error.message})`;
  const lines = `${result.stdout}\n${result.stderr}`
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const errors = lines.filter((line) => /^(npm )?error\b|\berror:/i.test(line));
  const shown = (errors.length > 0 ? errors.slice(0, 2) : lines.slice(-2)).join(' ').slice(0, 600);
  return `${what} failed with ${result.code === null ? 'a signal' : `exit code ${String(result.code)}`}${shown === '' ? '' : `: ${shown}`}`;
}
