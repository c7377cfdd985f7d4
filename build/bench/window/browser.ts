import { once } from 'node:events';
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright';
import { chromium } from 'playwright';
import { windowArguments } from '../../start/applicationWindow.mjs';
import { browserExecutable, launchOptions } from '../../../e2e/chromium.ts';

/** Milliseconds. */
const patience = 30_000;

/**
 * The browser's window as `npm start` opens it, but for the display. Started here and not by Playwright, which keeps each
 * page of a browser of its own visible and in focus for ever: a window that is not in view costs less.
 */
export class BrowserWindow {
  readonly pid: number;
  readonly page: Page;
  /** Chromium's own tools for this page. */
  readonly tools: CDPSession;
  readonly #browser: Browser;
  readonly #gone: Promise<unknown>;

  private constructor(pid: number, gone: Promise<unknown>, browser: Browser, page: Page, tools: CDPSession) {
    this.pid = pid;
    this.#gone = gone;
    this.#browser = browser;
    this.page = page;
    this.tools = tools;
  }

  /** @param folder - for the browser's profile */
  static async open(folder: string): Promise<BrowserWindow> {
    if (browserExecutable === undefined) throw new Error('No browser of the Chromium family is installed.');
    const args = [...windowArguments('data:text/html,', path.join(folder, 'profile')), ...(launchOptions.args ?? [])];
    const child = spawn(browserExecutable, [...args, '--headless', '--remote-debugging-port=0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const gone = once(child, 'exit');
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /ws:\/\/\S+/.exec(said);
        if (found !== null) resolve(found[0]);
      });
      gone.then(() => {
        reject(new Error(`The browser ended before it could be led: ${said}`));
      }, reject);
    });
    const browser = await chromium.connectOverCDP(address, {
      noDefaults: true,
      isLocal: true,
      timeout: patience,
    });
    const [context] = browser.contexts();
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page', { timeout: patience }));
    if (page === undefined || child.pid === undefined) throw new Error('The browser has opened no window.');
    return new BrowserWindow(child.pid, gone, browser, page, await page.context().newCDPSession(page));
  }

  /** As a person takes a window out of the way; resolves once the page knows. */
  async minimize(): Promise<void> {
    const { windowId } = await this.tools.send('Browser.getWindowForTarget');
    await this.tools.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'minimized' } });
    // Frames are no clock for it: a hidden page draws none.
    await this.page.waitForFunction(() => document.visibilityState === 'hidden', undefined, { polling: 50 });
  }

  async close(): Promise<void> {
    const browser = await this.#browser.newBrowserCDPSession();
    await browser.send('Browser.close').catch(() => undefined);
    await this.#gone;
  }
}
