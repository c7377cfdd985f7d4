import { serve } from '../../native/contract/channel.ts';
import { windowCalls } from '../../native/contract/window.ts';
import type { Served } from '../../native/contract/channel.ts';
import { EventFeed } from './eventFeed.ts';
import type { Host, WindowPlatform, WindowPort } from './host.ts';
import { windowHandlers } from './windowHandlers.ts';

/** Answers a window's calls and sends it events until its port closes. */
export function attachWindow(host: Host, port: WindowPort, platform: WindowPlatform): void {
  const ready: { served?: Served } = {};
  const feed = new EventFeed(
    (events) => ready.served?.emit(events),
    () => port.congested?.() ?? false,
  );
  let heard = false;
  ready.served = serve(
    {
      send: (message) => {
        port.send(message);
      },
      onMessage: (listener) => {
        port.onMessage((message) => {
          listener(message);
          // A window that has made a call listens; before that, events could be lost.
          if (heard) return;
          heard = true;
          host.addFeed(feed);
        });
      },
      onClose: (listener) => {
        port.onClose((reason) => {
          listener(reason);
          feed.close();
          host.removeFeed(feed);
        });
      },
    },
    windowCalls,
    windowHandlers(host, platform, feed),
  );
}
