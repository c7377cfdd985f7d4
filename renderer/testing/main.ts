import { fakeHost } from './fakeHost.ts';

/** The window on a made-up host, for looking at it without an engine. Not part of the application. */

const toHost = new Set<(message: unknown) => void>();
const toWindow = new Set<(message: unknown) => void>();

Object.defineProperty(window, 'orthant', {
  value: {
    send: (message: unknown) => {
      setTimeout(() => {
        for (const listener of toHost) listener(structuredClone(message));
      }, 5);
    },
    onMessage: (listener: (message: unknown) => void) => {
      toWindow.add(listener);
      return () => toWindow.delete(listener);
    },
    pathOfFile: (file: File) => `/home/me/${file.name}`,
  },
});

fakeHost({
  send: (message) => {
    setTimeout(() => {
      for (const listener of toWindow) listener(structuredClone(message));
    }, 5);
  },
  onMessage: (listener) => {
    toHost.add(listener);
  },
  onClose: () => undefined,
});

await import('../main.ts');
