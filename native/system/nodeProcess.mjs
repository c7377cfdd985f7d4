import { spawn } from 'node:child_process';

/** Milliseconds that a process may take to end when asked. */
export const endingTimeout = 3000;

/**
 * Starts a Node program that exchanges messages with this process.
 *
 * @param {string} entry File of the program.
 * @param {readonly string[]} args
 * @param {object} options
 * @param {Readonly<Record<string, string>>} options.environment Added to this process's own.
 * @param {(text: string) => void} options.onOutput Receives its output.
 * @param {readonly string[]} [options.nodeArguments]
 * @param {boolean} [options.ownGroup] Keeps the terminal's Ctrl-C from it: this process receives it, and stops the other,
 *   or kills it if it ends at once itself. If this process is killed, the channel closes in any case.
 */
export function startNode(entry, args, { environment, onOutput, nodeArguments = [], ownGroup = false }) {
  const child = spawn(process.execPath, [...nodeArguments, entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...environment },
    serialization: 'advanced',
    detached: ownGroup && process.platform !== 'win32',
    windowsHide: true,
  });
  child.stdout?.setEncoding('utf8').on('data', onOutput);
  child.stderr?.setEncoding('utf8').on('data', onOutput);

  const kill = () => {
    child.kill('SIGKILL');
  };
  if (ownGroup) process.once('exit', kill);
  let hasEnded = false;
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    /** @param {string} how */
    const finish = (how) => {
      hasEnded = true;
      process.off('exit', kill);
      resolve(how);
    };
    child.on('error', (error) => {
      if (child.pid === undefined) finish(error.message);
    });
    // Unlike `exit`, this comes after the last of the output.
    child.on('close', (code, signal) => {
      finish(describeEnd(code, signal));
    });
  });

  return {
    pid: child.pid,
    port: {
      /** @param {unknown} message */
      send: (message) => {
        // If the message does not arrive, the call ends with the process.
        if (child.connected) child.send(/** @type {object} */ (message), () => undefined);
      },
      /** @param {(message: unknown) => void} listener */
      onMessage: (listener) => {
        child.on('message', listener);
      },
      /** @param {(how: string) => void} listener Called once, with how it ended. */
      onClose: (listener) => {
        void ended.then(listener);
      },
    },
    /** Closes the channel: a program with nothing else to wait for ends. Node reports that end to no listener. */
    disconnect: () => {
      if (child.connected) child.disconnect();
    },
    /** Ends it at once. */
    kill,
    /** Ends it: asks it to end, waits a moment, kills it. Resolves once it is gone. */
    stop: async () => {
      if (hasEnded) return;
      child.kill('SIGTERM');
      const last = setTimeout(kill, endingTimeout);
      await ended;
      clearTimeout(last);
    },
  };
}

/** How a process ended, as text. @param {number | null} code @param {string | null} [signal] */
export const describeEnd = (code, signal = null) =>
  signal === null ? `exit code ${String(code ?? 'unknown')}` : `killed by ${signal}${signal === 'SIGKILL' ? hint : ''}`;

const hint = '; the system does that when memory runs out';
