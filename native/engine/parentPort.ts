import type { MessagePortLike } from '../contract/channel.ts';

/** What Electron gives a utility process in place of the IPC channel of Node's child processes. */
interface UtilityParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  postMessage(message: unknown): void;
}

/**
 * The way to the process that started this one: Electron's port in a utility process, else the IPC channel of a Node
 * child process (`fork` with `serialization: 'advanced'`). Undefined when this process was started by hand.
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
      // The callback keeps a parent that has just gone from becoming an error event.
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
