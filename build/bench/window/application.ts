import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright';
import type { RunConfigurationInput } from '../../../native/contract/configuration.ts';
import { BrowserHost } from '../../../e2e/browserHost.ts';
import { OrthantWindow } from '../../../e2e/pages/orthantWindow.ts';
import { BrowserWindow } from './browser.ts';

/** Milliseconds. */
const patience = 60_000;

export interface ApplicationOptions {
  /** For its state and its runs. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Called before the window is opened. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** The built application: browser host, engine, and its window in a browser of its own. */
export class Application {
  readonly host: BrowserHost;
  readonly page: Page;
  readonly orthant: OrthantWindow;
  /** Chromium's own tools for this page. */
  readonly tools: CDPSession;
  readonly #window: BrowserWindow;

  private constructor(host: BrowserHost, window: BrowserWindow) {
    this.host = host;
    this.#window = window;
    this.page = window.page;
    this.tools = window.tools;
    this.orthant = new OrthantWindow(window.page, { hostProcess: () => host.pid });
  }

  /** Opens the window at its start screen. */
  static async open(options: ApplicationOptions): Promise<Application> {
    const { folder, environment = {}, viewport = { width: 1280, height: 820 }, prepare } = options;
    mkdirSync(folder, { recursive: true });
    const host = await BrowserHost.start({ folder, environment });
    const window = await BrowserWindow.open(folder);
    const { page } = window;
    await page.setViewportSize(viewport);
    await prepare?.(page);
    const application = new Application(host, window);
    await page.goto(await host.address());
    // With more patience than a test: what is measured here is not this.
    await page
      .getByRole('banner')
      .getByRole('status')
      .filter({ hasText: /CPU|GPU|No training engine/ })
      .waitFor({ timeout: patience });
    await application.orthant.toStart();
    return application;
  }

  /** Opens a configuration that is written for it; returns its file. */
  async configure(configuration: RunConfigurationInput, folder: string): Promise<string> {
    const file = path.join(folder, 'bench.orthant');
    writeFileSync(file, JSON.stringify(configuration));
    await this.orthant.withChosenFile(file, () => this.page.keyboard.press('Control+Shift+O'));
    await this.orthant.stepButton('Data').and(this.page.locator('[aria-current=step]')).waitFor();
    return file;
  }

  /** Starts the configuration in work, once its data is ready. */
  async train(): Promise<void> {
    const ready = this.page.locator(':not([aria-disabled=true])');
    await this.orthant.training
      .button('Train')
      .or(this.orthant.training.button('Train another'))
      .and(ready)
      .click({ timeout: patience });
    await this.orthant.training.status.waitFor({ timeout: patience });
  }

  /** Takes the window out of view, as a person does. */
  minimize(): Promise<void> {
    return this.#window.minimize();
  }

  /** Both are the first of the processes below them. */
  get processes(): readonly number[] {
    return [this.host.pid, this.#window.pid];
  }

  async close(): Promise<void> {
    await this.#window.close();
    await this.host.stop();
  }
}

/** Opens the application for as long as `work` takes. */
export async function withApplication<Result>(
  options: ApplicationOptions,
  work: (application: Application) => Promise<Result>,
): Promise<Result> {
  const application = await Application.open(options);
  try {
    return await work(application);
  } finally {
    await application.close();
  }
}
