import type { Locator, Page } from 'playwright/test';
import { expect } from 'playwright/test';

/** The bar at the foot of the window, which controls a run. */
export class Training {
  readonly #page: Page;
  readonly bar: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.bar = page.getByRole('contentinfo');
  }

  button(name: string): Locator {
    return this.bar.getByRole('button', { name, exact: true });
  }

  get stopButton(): Locator {
    return this.button('Stop');
  }

  get status(): Locator {
    return this.bar.getByRole('status');
  }

  /** Starts the current configuration, as soon as that is possible. */
  async start(): Promise<void> {
    const train = this.button('Train');
    await expect(train).not.toHaveAttribute('aria-disabled', 'true');
    const before = await this.#runs();
    await train.click();
    // The previous run may have left its status.
    await expect.poll(() => this.#runs()).toBeGreaterThan(before);
    await expect(this.status).toBeVisible();
  }

  /** Waits until the first epoch is done. */
  async toFirstEpoch(): Promise<void> {
    await expect(this.status).toContainText(/epoch [1-9]/, { timeout: 60_000 });
  }

  async pause(): Promise<void> {
    await this.button('Pause').click();
    await expect(this.status).toContainText('paused');
  }

  async resume(): Promise<void> {
    await this.button('Resume').click();
    await expect(this.button('Pause')).toBeVisible();
  }

  async toEnd(timeout = 80_000): Promise<void> {
    await expect(this.status).toContainText(/finished|stopped/, { timeout });
  }

  /** Number of runs that the window lists. */
  async #runs(): Promise<number> {
    const text = await this.#page.getByRole('button', { name: /^Runs/ }).textContent();
    return Number(/\d+/.exec(text ?? '')?.[0] ?? 0);
  }

  /** Number of completed epochs, from the bar. */
  async epoch(): Promise<number> {
    const text = (await this.status.textContent()) ?? '';
    return Number(/epoch ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', '') ?? NaN);
  }
}
