import type { MessagePortLike } from '../../native/contract/channel.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import { browserHostPaths, type WindowBridge } from '../../native/contract/window.ts';

/** The two ways to a host: Electron's preload bridge, and the browser host's WebSocket. */

declare global {
  interface Window {
    readonly orthant?: WindowBridge;
  }
}

/** The bridge never closes before the window does. */
export const bridgePort = (bridge: WindowBridge): MessagePortLike => ({
  send: (message) => {
    bridge.send(message);
  },
  onMessage: (listener) => {
    bridge.onMessage(listener);
  },
  onClose: () => undefined,
});

const expired =
  'Orthant runs, but no longer knows this window: its session has expired or was ended. Press Enter in the terminal where Orthant runs, open the address it prints in this browser, and this window reconnects by itself.';

/**
 * Resolves when the socket is open.
 *
 * @throws OrthantError `usage` if the host answers but does not know this browser; another error if it does not answer
 */
export async function socketPort(location: Location): Promise<MessagePortLike> {
  try {
    return await openSocket(location);
  } catch (error) {
    // A WebSocket does not report the HTTP status of a refusal.
    const answer = await fetch(location.origin, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
    throw answer?.status === 401 ? new OrthantError('usage', expired) : error;
  }
}

async function openSocket(location: Location): Promise<MessagePortLike> {
  const address = new URL(browserHostPaths.socket, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener(
      'open',
      () => {
        resolve();
      },
      { once: true },
    );
    socket.addEventListener(
      'close',
      () => {
        reject(new Error('The host does not answer.'));
      },
      { once: true },
    );
  });
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      socket.addEventListener('message', (event: MessageEvent<string>) => {
        listener(JSON.parse(event.data));
      });
    },
    onClose: (listener) => {
      socket.addEventListener(
        'close',
        () => {
          listener('The connection to Orthant was lost.');
        },
        { once: true },
      );
    },
  };
}
