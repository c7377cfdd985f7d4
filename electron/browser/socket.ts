import type { WebSocket } from 'ws';
import type { WindowPort } from '../services/host.ts';

/** Unsent bytes to a window above which events wait. */
const congestion = 1_000_000;
/** Milliseconds between two pings; a window that does not answer in between is gone. */
const heartbeat = 15_000;

/** A WebSocket as the port of a window: JSON, and pings that detect broken connections. */
export function socketPort(socket: WebSocket): WindowPort {
  let alive = true;
  const watch = setInterval(() => {
    if (!alive) {
      socket.terminate();
      return;
    }
    alive = false;
    socket.ping();
  }, heartbeat);
  watch.unref();
  const seen = (): void => {
    alive = true;
  };
  socket.on('pong', seen);
  socket.on('message', seen);
  socket.on('close', () => {
    clearInterval(watch);
  });
  // A close event follows every error and is handled.
  socket.on('error', () => undefined);

  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      socket.on('message', (data, isBinary) => {
        if (isBinary) return;
        let message: unknown;
        try {
          message = JSON.parse((data as Buffer).toString('utf8'));
        } catch {
          return;
        }
        listener(message);
      });
    },
    onClose: (listener) => {
      socket.once('close', () => {
        listener('The connection to the window was closed.');
      });
    },
    congested: () => socket.bufferedAmount > congestion,
  };
}
