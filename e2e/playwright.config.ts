import path from 'node:path';
import { defineConfig } from 'playwright/test';
import { browserExecutable, launchOptions } from './chromium.ts';
import { electronExecutable, noElectron } from './electron.ts';
import type { OrthantOptions } from './fixtures.ts';

/**
 * The whole application, engine included, from outside: `npm run e2e`. Project `browser` drives the browser host with an
 * installed Chromium, project `electron` the same specs in Electron if its binary is installed.
 * `npm run screenshots` runs project `screenshots` alone.
 */

const output = path.join(import.meta.dirname, '.output');

// On CI a missing browser is a failure.
const withoutBrowser = browserExecutable === undefined && process.env.CI === undefined;

if (process.env.TEST_WORKER_INDEX === undefined) {
  if (withoutBrowser) {
    console.log(
      'Project browser is skipped: no Chromium, Chrome or Edge is installed (ORTHANT_BROWSER names another).',
    );
  }
  if (electronExecutable() === undefined) {
    console.log(`Project electron is skipped. ${noElectron}`);
  }
}

export default defineConfig<object, OrthantOptions>({
  testDir: path.join(import.meta.dirname, 'specs'),
  outputDir: path.join(output, 'results'),
  // Every worker trains for real: two at once would compete for the cores.
  workers: 1,
  // Generous: on a busy machine everything takes several times as long, and no test is about speed.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  retries: process.env.CI === undefined ? 0 : 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
  use: {
    actionTimeout: 60_000,
    viewport: { width: 1280, height: 820 },
    trace: 'retain-on-failure',
    launchOptions,
  },
  projects: [
    { name: 'browser', testIgnore: withoutBrowser ? '**' : '**/screenshots.spec.ts', use: { shell: 'browser' } },
    {
      name: 'electron',
      testIgnore: '**/screenshots.spec.ts',
      // Leave out features that only a browser and its host have: addresses, tabs, a host that is stopped.
      grepInvert: /@browser-host/,
      use: { shell: 'electron' },
    },
    { name: 'screenshots', testMatch: '**/screenshots.spec.ts', use: { shell: 'browser' } },
  ],
});
