import type { IpcMainEvent, WebContents } from 'electron';
import { ipcMain } from 'electron';
import { attachWindow } from '../services/attachWindow.ts';
import type { Host, WindowPlatform, WindowPort } from '../services/host.ts';
import { isAppAddress } from './appOrigin.ts';
import { droppedChannel, ipcChannel } from '../ipcChannel.ts';

/**
 * The only place that receives messages of pages. A message is accepted if it comes from the top frame of one of our own
 * windows while that shows our own page; all others are dropped and logged.
 */
function isOurs({ sender, senderFrame }: IpcMainEvent, windows: ReadonlyMap<WebContents, unknown>): boolean {
  try {
    // The frame is null when the page is already gone; a frame below the top one has a parent.
    return windows.has(sender) && senderFrame !== null && senderFrame.parent === null && isAppAddress(senderFrame.url);
  } catch {
    // The frame was disposed of during the check.
    return false;
  }
}

/** The port of one page; a reload closes it and opens another. */
interface PagePort {
  receive(message: unknown): void;
  close(reason: string): void;
}

interface OurWindow {
  readonly platform: WindowPlatform;
  page?: PagePort;
}

/**
 * Connects the pages of windows with the host.
 *
 * @returns connects a window
 */
export function setupWindowIpc(
  host: Host,
  warn: (text: string) => void,
): (contents: WebContents, platform: WindowPlatform) => void {
  const windows = new Map<WebContents, OurWindow>();

  const receive = (channel: string, take: (event: IpcMainEvent, window: OurWindow, message: unknown) => void): void => {
    ipcMain.on(channel, (event, message: unknown) => {
      const window = windows.get(event.sender);
      if (window !== undefined && isOurs(event, windows)) take(event, window, message);
      else warn('A message was dropped: it did not come from the page of a window of ours.');
    });
  };
  receive(ipcChannel, ({ sender }, window, message) => {
    window.page ??= openPage(host, sender, window.platform);
    window.page.receive(message);
  });
  receive(droppedChannel, (_event, _window, file) => {
    if (typeof file === 'string') void host.permissions.open(file);
  });

  return (contents, platform) => {
    const window: OurWindow = { platform };
    windows.set(contents, window);
    const leave = (reason: string): void => {
      window.page?.close(reason);
      delete window.page;
    };
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) leave('The page was loaded anew.');
    });
    contents.on('render-process-gone', () => {
      leave('The page ended unexpectedly.');
    });
    contents.on('destroyed', () => {
      leave('The window was closed.');
      windows.delete(contents);
    });
  };
}

function openPage(host: Host, contents: WebContents, platform: WindowPlatform): PagePort {
  let hear: (message: unknown) => void = () => undefined;
  const closing: ((reason: string) => void)[] = [];
  let closed = false;
  const port: WindowPort = {
    send: (message) => {
      if (!closed && !contents.isDestroyed()) contents.send(ipcChannel, message);
    },
    onMessage: (listener) => {
      hear = listener;
    },
    onClose: (listener) => {
      closing.push(listener);
    },
  };
  attachWindow(host, port, platform);
  return {
    receive: (message) => {
      hear(message);
    },
    close: (reason) => {
      closed = true;
      for (const listener of closing) listener(reason);
    },
  };
}
