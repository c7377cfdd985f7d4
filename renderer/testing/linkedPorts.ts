import type { MessagePortLike } from '../../native/contract/channel.ts';

/** Two connected ports in one process; messages are copied and arrive asynchronously. */
export function linkedPorts(): { host: MessagePortLike; window: MessagePortLike; cut: () => void } {
  const ends = [0, 1].map(() => ({
    messages: new Set<(message: unknown) => void>(),
    closes: new Set<(reason: string) => void>(),
  }));
  const [host, window] = ends;
  if (host === undefined || window === undefined) throw new Error('There are two ends.');
  let open = true;
  const port = (mine: typeof host, other: typeof host): MessagePortLike => ({
    send: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        if (open) for (const listener of other.messages) listener(copy);
      });
    },
    onMessage: (listener) => {
      mine.messages.add(listener);
    },
    onClose: (listener) => {
      mine.closes.add(listener);
    },
  });
  return {
    host: port(host, window),
    window: port(window, host),
    cut: () => {
      open = false;
      for (const { closes } of ends) for (const listener of closes) listener('The line was cut.');
    },
  };
}
