import path from 'node:path';
import type { ElectronApplication, Locator, Page } from 'playwright/test';
import { expect } from 'playwright/test';
import { trainingProcess } from '../hostProcesses.ts';
import { ResultPage } from './resultPage.ts';
import { Training } from './training.ts';

export type StepName = 'Data' | 'Network' | 'Constraint' | 'Train' | 'Result';
export const stepNames: readonly StepName[] = ['Data', 'Network', 'Constraint', 'Train', 'Result'];

interface WindowOptions {
  /** Process of the host: its engine processes are below it. */
  readonly hostProcess: () => number;
  /** Project `electron`: the application, to answer the system's dialogs. */
  readonly electron?: ElectronApplication;
}

/** The window as the user sees it: found by roles and names, in either host. */
export class OrthantWindow {
  readonly page: Page;
  readonly training: Training;
  readonly result: ResultPage;
  readonly #options: WindowOptions;

  constructor(page: Page, options: WindowOptions) {
    this.page = page;
    this.#options = options;
    this.training = new Training(page);
    this.result = new ResultPage(this);
  }

  get hostProcess(): number {
    return this.#options.hostProcess();
  }

  /** The process in which the application trains, if it is there. */
  async trainingProcess(): Promise<number | undefined> {
    const { electron } = this.#options;
    if (electron === undefined) return trainingProcess(this.hostProcess);
    // Electron passes arguments to a utility process by a message; it knows the process by its service name.
    return electron.evaluate(
      ({ app }) =>
        app.getAppMetrics().find(({ name, serviceName }) => [name, serviceName].includes('Orthant train'))?.pid,
    );
  }

  /** Opens an address of the browser host at the start screen. */
  async openAt(address: string): Promise<void> {
    await this.page.goto(address);
    await this.loaded();
    await this.toStart();
  }

  /** Waits until the window has restored its state: it requests the engine last. */
  async loaded(): Promise<void> {
    const status = this.page.getByRole('banner').getByRole('status');
    await expect(status).toContainText(/CPU|GPU|No training engine/, { timeout: 30_000 });
  }

  async toStart(): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: 'Orthant', exact: true }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: /outputs stay positive/ })).toBeVisible();
    await expect(this.sample('ink')).toBeVisible();
  }

  /** The card of a sample on the start screen. */
  sample(name: string): Locator {
    return this.page
      .getByRole('region', { name: 'Samples' })
      .getByRole('button', { name: new RegExp(`^${name}`, 'i') });
  }

  /** One of the thread's answers on the start screen, from 1. */
  answer(number: number): Locator {
    return this.page
      .getByRole('region', { name: /Can I guide the weights/ })
      .getByRole('button')
      .nth(number - 1);
  }

  stepButton(step: StepName): Locator {
    return this.page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: new RegExp(`^${step}`) });
  }

  async step(step: StepName): Promise<void> {
    await this.stepButton(step).click();
    await expect(this.stepButton(step)).toHaveAttribute('aria-current', 'step');
    await this.rendered();
  }

  /** Waits until all deferred parts of the page are rendered. */
  async rendered(): Promise<void> {
    await expect(this.page.locator('.deferred')).toHaveCount(0);
  }

  async toRuns(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: /^Runs/ }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible();
    await this.rendered();
  }

  /** A warning or an error with this text. */
  notice(text: string | RegExp): Locator {
    return this.page.getByRole('alert').or(this.page.getByRole('note')).filter({ hasText: text });
  }

  /** Sizes of the hidden layers, as text: `16,16`. */
  async setLayers(sizes: string): Promise<void> {
    await this.step('Network');
    await this.page.getByLabel('Hidden layers', { exact: true }).fill(sizes);
  }

  async setEpochs(epochs: number): Promise<void> {
    await this.step('Train');
    await this.page.getByLabel('Epochs', { exact: true }).fill(String(epochs));
  }

  /** Runs `ask`, which opens the file dialog, and answers the dialog with a file. */
  async withChosenFile(file: string, ask: () => Promise<void>): Promise<void> {
    const { electron } = this.#options;
    if (electron === undefined) {
      const chooser = this.page.waitForEvent('filechooser');
      await ask();
      await (await chooser).setFiles(file);
      return;
    }
    await electron.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, file);
    await ask();
  }

  /** Opens a data file from the start screen. */
  async openData(file: string): Promise<void> {
    await this.toStart();
    await this.withChosenFile(file, () => this.page.getByRole('button', { name: /^Open a data file/ }).click());
    await expect(this.page.getByRole('heading', { level: 1, name: path.basename(file) })).toBeVisible();
  }

  /** Runs `ask`, which exports a file; returns its path once it is written. */
  async exported(name: string, folder: string, ask: () => Promise<void>): Promise<string> {
    const target = path.join(folder, name);
    const { electron } = this.#options;
    if (electron === undefined) {
      const download = this.page.waitForEvent('download');
      await ask();
      await (await download).saveAs(target);
      return target;
    }
    await electron.evaluate(({ dialog }, chosen) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
    }, target);
    await ask();
    // The page shows the file's path once it is written.
    await expect(this.page.getByText(target)).toBeVisible();
    return target;
  }

  /** Leaves no running run for the next test. */
  async stopTraining(): Promise<void> {
    if (this.page.isClosed()) return;
    const stop = this.training.stopButton;
    if ((await stop.count()) === 0 || (await stop.getAttribute('aria-disabled')) === 'true') return;
    await stop.click();
    await this.training.toEnd();
  }
}
