import { app, utilityProcess } from 'electron';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeEnd, endingTimeout } from '../../native/system/nodeProcess.mjs';
import type { EngineProcess, LaunchEngine } from '../services/engineProcess.ts';
import { engineArguments } from '../services/engineProcess.ts';

/**
 * Starts engine processes as Electron's utility processes.
 *
 * @param entry - the built engine's file
 * @param log - receives the output of the process
 */
export function utilityEngine(entry: string, log: (text: string) => void): LaunchEngine {
  return (role, environment): EngineProcess => {
    const serviceName = `Orthant ${role}`;
    const child = utilityProcess.fork(entry, engineArguments(role), {
      serviceName,
      stdio: 'pipe',
      env: { ...withoutNodeOptions(process.env), ...packagedLibraries(), ...environment },
      // macOS does not know the signer of TensorFlow's libraries.
      allowLoadingUnsignedLibraries: process.platform === 'darwin',
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        log(text.toString());
      });

    // The exit event has only a code; the reason comes as an event of the application, before or after it.
    let reason: string | undefined;
    const noteReason = (_event: unknown, details: Electron.Details): void => {
      if (details.name === serviceName && details.reason !== 'clean-exit') reason = details.reason;
    };
    app.on('child-process-gone', noteReason);
    let ended = false;
    const gone = new Promise<string>((resolve) => {
      child.once('exit', (code) => {
        ended = true;
        setImmediate(() => {
          app.removeListener('child-process-gone', noteReason);
          resolve(`${reason === undefined ? '' : `${reason}, `}${describeEnd(code)}`);
        });
      });
    });

    return {
      get pid() {
        return child.pid;
      },
      port: {
        send: (message) => {
          if (!ended) child.postMessage(message);
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
        // A process that is still starting cannot be ended yet.
        if (child.pid === undefined) child.once('spawn', () => child.kill());
        else child.kill();
        const last = setTimeout(() => {
          if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
        }, endingTimeout);
        await gone;
        clearTimeout(last);
      },
    };
  };
}

/** A utility process would obey these variables, and they could load code into the engine. */
function withoutNodeOptions(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(?:NODE_OPTIONS|NODE_REPL_.*|ELECTRON_RUN_AS_NODE)$/.test(entry[0]),
    ),
  );
}

/** A packaged application contains TensorFlow and its binding, beside the archive. */
function packagedLibraries(): Record<string, string> {
  if (!app.isPackaged || process.env.ORTHANT_CACHE !== undefined) return {};
  const folder = path.join(process.resourcesPath, 'libraries');
  return existsSync(folder) ? { ORTHANT_CACHE: folder } : {};
}
