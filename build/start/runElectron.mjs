import { spawn } from 'node:child_process';
import { describeEnd } from '../../native/system/nodeProcess.mjs';
import { endingSignals } from '../../native/system/processes.mjs';

/** An exit within this many milliseconds of start counts as a failed start. */
const startTime = 5000;
/** The same limit if Electron blames the sandbox, which it checks first, but only after loading from a slow disk. */
const sandboxTime = 60_000;

/**
 * How Electron ended: it ran, or it failed to start.
 * @typedef {{ ran: true, code: number } | { ran: false, reason: string, blamesSandbox: boolean }} ElectronEnd
 */

/** @param {string} output The end of a Chromium-family program's output. */
export const blamesSandbox = (output) => /sandbox|namespace/i.test(output);

/**
 * Runs Electron until it ends.
 * @param {string} electron
 * @param {readonly string[]} args
 * @returns {Promise<ElectronEnd>}
 */
export async function runElectron(electron, args) {
  // Set in the terminals of editors made with Electron; it would turn this Electron into plain Node.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE'));
  // Listen before the process exists: an earlier signal would leave it behind.
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  let asked = false;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    asked = true;
    child?.kill(signal);
  };
  const endGroup = () => {
    try {
      if (process.platform !== 'win32' && child?.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  for (const signal of endingSignals) process.on(signal, passOn);
  process.on('exit', endGroup);

  const electronProcess = spawn(electron, args, {
    stdio: ['inherit', 'inherit', 'pipe'],
    env,
    // A separate process group: a signal of the terminal goes to this process, which passes it on once, and not also
    // directly to Electron's own processes.
    detached: process.platform !== 'win32',
  });
  child = electronProcess;
  let output = '';
  electronProcess.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    process.stderr.write(text);
    output = (output + text).slice(-4000);
  });

  const started = Date.now();
  /** @type {{ code: number | null, signal: NodeJS.Signals | null, error?: Error }} */
  const end = await new Promise((resolve) => {
    electronProcess.on('error', (error) => {
      resolve({ code: null, signal: null, error });
    });
    electronProcess.on('exit', (code, signal) => {
      // Wait briefly for its last output; do not wait for pipes that its child processes keep open.
      setTimeout(() => {
        resolve({ code, signal });
      }, 50);
    });
  });
  for (const signal of endingSignals) process.off(signal, passOn);
  endGroup();
  process.off('exit', endGroup);

  const sandbox = blamesSandbox(output);
  const quick = Date.now() - started < (sandbox ? sandboxTime : startTime);
  // Chromium ends by a trap or an abort on a fatal error.
  const failed = end.code !== 0 && !endingSignals.some((signal) => signal === end.signal);
  if (!failed || asked || !quick) return { ran: true, code: end.code ?? (asked ? 0 : 1) };
  return { ran: false, reason: end.error?.message ?? describeEnd(end.code, end.signal), blamesSandbox: sandbox };
}
