import { existsSync } from 'node:fs';
import type { LaunchOptions } from 'playwright/test';

/** Debian's Chromium; elsewhere an installed Chrome, or Edge. */
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file));
const edge = ['/usr/bin/microsoft-edge', '/Applications/Microsoft Edge.app'].some((file) => existsSync(file));
const channel = process.platform === 'win32' || edge ? 'msedge' : 'chrome';

/** How the browser is started in which the window is tried. */
export const launchOptions: LaunchOptions = {
  ...(chromium === undefined ? { channel } : { executablePath: chromium }),
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
