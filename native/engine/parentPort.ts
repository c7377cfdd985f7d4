import type { MessagePortLike } from '../contract/channel.ts';

/** Electron's port of a utility process, which has no IPC channel as Node's child processes do. */
interface UtilityParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  postMessage(message: unknown): void;
}

/**
 * The connection to the process that started this one: Electron's port in a utility process, otherwise the IPC channel
 * of a Node child process (`fork` with `serialization: 'advanced'`). Undefined if the user started this process
 * directly.
 */
export function openParentPort(): MessagePortLike | undefined {
  const { parentPort } = process as unknown as { parentPort?: UtilityParentPort };
  if (parentPort !== undefined) return utilityPort(parentPort);
  return process.send === undefined ? undefined : childPort();
}

function utilityPort(port: UtilityParentPort): MessagePortLike {
  return {
    send: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => {
      port.on('message', ({ data }) => {
        listener(data);
      });
    },
    onClose: (listener) => {
      port.on('close', () => {
        listener('The program that started this engine has ended.');
      });
    },
  };
}

function childPort(): MessagePortLike {
  return {
    send: (message) => {
      if (!process.connected) return;
      // Without the callback, a parent that has just ended would cause an error event.
      process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => {
      process.on('message', listener);
    },
    onClose: (listener) => {
      process.once('disconnect', () => {
        listener('The program that started this engine has ended.');
      });
    },
  };
}
