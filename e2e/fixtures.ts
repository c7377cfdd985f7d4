import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { _electron, expect, test as base } from 'playwright/test';
import { BrowserHost } from './browserHost.ts';
import { electronExecutable, noElectron } from './electron.ts';
import { OrthantWindow } from './pages/orthantWindow.ts';

export { expect };

export interface OrthantOptions {
  /** Which of the two hosts the window is opened in; one for all tests of a worker. */
  readonly shell: 'browser' | 'electron';
}

interface TestFixtures {
  /** An open window at its start screen. */
  orthant: OrthantWindow;
  /** Folder for the test's files. */
  folder: string;
}

interface WorkerFixtures {
  /** Folder of state and runs that the tests of this worker share. */
  home: string;
  /** Project `browser`: the host, as it is now; a test may restart it. */
  host: { current: BrowserHost };
}

const root = path.join(import.meta.dirname, '..');
/** Value of `host` in project `electron`. */
const noHost = {
  get current(): BrowserHost {
    throw new Error('There is no browser host in Electron: a test of one is tagged @browser-host.');
  },
};
const temporaryFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'orthant-e2e-'));

export const test = base.extend<TestFixtures, WorkerFixtures & OrthantOptions>({
  shell: ['browser', { option: true, scope: 'worker' }],

  home: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const folder = await temporaryFolder();
      await use(folder);
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],

  host: [
    async ({ home, shell }, use) => {
      if (shell === 'electron') {
        // Two hosts would share their folders.
        await use(noHost);
        return;
      }
      const host = { current: await BrowserHost.start({ folder: home }) };
      await use(host);
      await host.current.stop();
    },
    { scope: 'worker' },
  ],

  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
  folder: async ({}, use) => {
    const folder = await temporaryFolder();
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },

  orthant: async ({ shell, browser, contextOptions, viewport, host, home }, use, info) => {
    if (shell === 'electron') {
      const executablePath = electronExecutable();
      info.skip(executablePath === undefined, noElectron);
      await useElectron(executablePath ?? '', home, use);
      return;
    }
    const context = await browser.newContext({ ...contextOptions, viewport });
    const page = await context.newPage();
    const complaints = watch(page);
    const orthant = new OrthantWindow(page, { hostProcess: () => host.current.pid });
    await orthant.openAt(await host.current.address());
    await use(orthant);
    await orthant.stopTraining();
    await context.close();
    expect(complaints, 'the browser found nothing to complain about').toEqual([]);
  },
});

/** Collects errors of a page and violations of its content policy. */
function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

async function useElectron(
  executablePath: string,
  home: string,
  use: (orthant: OrthantWindow) => Promise<void>,
): Promise<void> {
  const env = Object.entries(process.env).filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE');
  const application = await _electron.launch({
    executablePath,
    // Only here, never in the application: Chromium's sandbox does not start for root.
    args: [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    env: {
      ...(Object.fromEntries(env) as Record<string, string>),
      ORTHANT_STATE: path.join(home, 'state'),
      ORTHANT_RUNS: path.join(home, 'runs'),
    },
  });
  const page = await application.firstWindow();
  const complaints = watch(page);
  const orthant = new OrthantWindow(page, {
    hostProcess: () => application.process().pid ?? 0,
    electron: application,
  });
  await orthant.loaded();
  await orthant.toStart();
  await use(orthant);
  // The application would ask what to do with a run.
  await orthant.stopTraining();
  await application.close();
  expect(complaints, 'the browser found nothing to complain about').toEqual([]);
}
