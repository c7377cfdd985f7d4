import type { LaunchOptions } from 'playwright/test';
import { findBrowser } from '../build/start/applicationWindow.mjs';

/** The browser in which the window is tried: the one in which `npm start` would open it. */
export const browserExecutable = findBrowser();

/** How it is started. */
export const launchOptions: LaunchOptions = {
  ...(browserExecutable === undefined ? {} : { executablePath: browserExecutable }),
  args: [
    // Only here, never in the application: Chromium's sandbox does not start for root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
};
