import { spawn } from 'node:child_process';
import { describeEnd } from '../../native/system/nodeProcess.mjs';
import { endingSignals } from '../../native/system/processes.mjs';

/** Milliseconds within which an end that nobody asked for is taken for a start that failed. */
const startTime = 5000;
/** The same where it names the sandbox: that is tried first, but after all that a slow disk has to read. */
const sandboxTime = 60_000;

/**
 * How Electron ended: it ran, or it did not come as far as that.
 * @typedef {{ ran: true, code: number } | { ran: false, reason: string, blamesSandbox: boolean }} ElectronEnd
 */

/** @param {string} said What a program of the Chromium family last said. */
export const blamesSandbox = (said) => /sandbox|namespace/i.test(said);

/**
 * Runs Electron to its end.
 * @param {string} electron
 * @param {readonly string[]} args
 * @returns {Promise<ElectronEnd>}
 */
export async function runElectron(electron, args) {
  // Set in the terminals of editors that are made with Electron, where it would make this one plain Node.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE'));
  // Listened to before there is a process: a signal in between would leave it behind.
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  let asked = false;
  /** @param {NodeJS.Signals} signal */
  const handOn = (signal) => {
    asked = true;
    child?.kill(signal);
  };
  const endGroup = () => {
    try {
      if (process.platform !== 'win32' && child?.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  };
  for (const signal of endingSignals) process.on(signal, handOn);
  process.on('exit', endGroup);

  const electronProcess = spawn(electron, args, {
    stdio: ['inherit', 'inherit', 'pipe'],
    env,
    // A process group of its own: a signal of the terminal goes to this process, which hands on one, and not to Electron's
    // own processes behind its back.
    detached: process.platform !== 'win32',
  });
  child = electronProcess;
  let said = '';
  electronProcess.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    process.stderr.write(text);
    said = (said + text).slice(-4000);
  });

  const started = Date.now();
  /** @type {{ code: number | null, signal: NodeJS.Signals | null, error?: Error }} */
  const end = await new Promise((resolve) => {
    electronProcess.on('error', (error) => {
      resolve({ code: null, signal: null, error });
    });
    electronProcess.on('exit', (code, signal) => {
      // What it said last may still be on its way; what its own processes hold open is not waited for.
      setTimeout(() => {
        resolve({ code, signal });
      }, 50);
    });
  });
  for (const signal of endingSignals) process.off(signal, handOn);
  endGroup();
  process.off('exit', endGroup);

  const sandbox = blamesSandbox(said);
  const quick = Date.now() - started < (sandbox ? sandboxTime : startTime);
  // Chromium ends by a trap or an abort where it cannot go on.
  const failed = end.code !== 0 && !endingSignals.some((signal) => signal === end.signal);
  if (!failed || asked || !quick) return { ran: true, code: end.code ?? (asked ? 0 : 1) };
  return { ran: false, reason: end.error?.message ?? describeEnd(end.code, end.signal), blamesSandbox: sandbox };
}
