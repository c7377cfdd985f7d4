import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Page } from 'playwright';
import { chromium } from 'playwright';
import { windowArguments } from '../../start/applicationWindow.mjs';
import { browserExecutable, launchOptions } from '../../../e2e/chromium.ts';

/** In milliseconds. */
const timeout = 30_000;

interface OpenWindow {
  /** The browser's process. */
  readonly pid: number;
  readonly page: Page;
  /** Minimizes the window; resolves once the page is hidden. */
  readonly minimize: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a browser's window as `npm start` does, without a display. Not started by Playwright, which would keep its pages
 * visible and in focus for ever.
 *
 * @param folder - for the browser's profile
 */
export async function openWindow(folder: string): Promise<OpenWindow> {
  if (browserExecutable === undefined) throw new Error('No browser of the Chromium family is installed.');
  const args = [...windowArguments('data:text/html,', path.join(folder, 'profile')), ...(launchOptions.args ?? [])];
  const child = spawn(browserExecutable, [...args, '--headless', '--remote-debugging-port=0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const address = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const found = /ws:\/\/\S+/.exec(printed);
      if (found !== null) resolve(found[0]);
    });
    ended.then(() => {
      reject(new Error(`The browser ended before it could be reached: ${printed}`));
    }, reject);
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true, isLocal: true, timeout });
  const [context] = browser.contexts();
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page', { timeout }));
  if (page === undefined) throw new Error('The browser has opened no window.');
  return {
    pid: child.pid ?? 0,
    page,
    minimize: async () => {
      const tools = await page.context().newCDPSession(page);
      const { windowId } = await tools.send('Browser.getWindowForTarget');
      await tools.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'minimized' } });
      // Polls, because a hidden page draws no frames to wait for.
      await page.waitForFunction(() => document.visibilityState === 'hidden', undefined, { polling: 50 });
    },
    close: async () => {
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => undefined);
      await ended;
    },
  };
}
