import type { LaunchOptions } from 'playwright/test';
import { findBrowser } from '../build/start/applicationWindow.mjs';

/** The browser of the tests: the one in which `npm start` would open the window. */
export const browserExecutable = findBrowser();

/** Options of its start. */
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
