import { spawn } from 'node:child_process';
import type { EngineProcess, LaunchEngine } from '../services/engineProcess.ts';
import { engineArguments, patience } from '../services/engineProcess.ts';

/**
 * Starts engine processes as plain Node child processes.
 *
 * @param entry - the built engine's file
 * @param log - takes what the process prints
 */
export function nodeEngine(entry: string, log: (text: string) => void): LaunchEngine {
  return (role, environment): EngineProcess => {
    const child = spawn(process.execPath, [entry, ...engineArguments(role)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...environment },
      serialization: 'advanced',
      // A process group of its own: Ctrl-C in the terminal is for the host, which ends the engine in good order. Should
      // the host itself be killed, the channel closes, and the engine ends by that.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    child.stdout?.setEncoding('utf8').on('data', log);
    child.stderr?.setEncoding('utf8').on('data', log);

    // A host that ends at once waits for nobody; its engine may be in the middle of a computation of seconds.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);

    let ended = false;
    const gone = new Promise<string>((resolve) => {
      const finish = (reason: string): void => {
        ended = true;
        process.off('exit', end);
        resolve(reason);
      };
      child.on('error', (error) => {
        if (child.pid === undefined) finish(error.message);
      });
      child.on('exit', (code, signal) => {
        finish(signal === null ? `exit code ${code ?? 'unknown'}` : `killed by ${signal}`);
      });
    });

    return {
      pid: child.pid,
      port: {
        send: (message) => {
          // A message that does not arrive is a call that ends with the process.
          if (child.connected) child.send(message as object, () => undefined);
        },
        onMessage: (listener) => {
          child.on('message', listener);
        },
        onClose: (listener) => {
          void gone.then(listener);
        },
      },
      stop: async () => {
        if (ended) return;
        child.kill('SIGTERM');
        const last = setTimeout(() => child.kill('SIGKILL'), patience);
        await gone;
        clearTimeout(last);
      },
    };
  };
}
