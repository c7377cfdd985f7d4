import type { Locator, Page } from 'playwright/test';
import { expect } from 'playwright/test';

/** The functions of a window that a result needs. */
interface ResultWindow {
  readonly page: Page;
  step(step: 'Result'): Promise<void>;
  exported(name: string, folder: string, ask: () => Promise<void>): Promise<string>;
}

/** The result of a run. */
export class ResultPage {
  readonly #window: ResultWindow;

  constructor(window: ResultWindow) {
    this.#window = window;
  }

  async open(): Promise<void> {
    await this.#window.step('Result');
    await expect(this.figures).toBeVisible();
  }

  get figures(): Locator {
    return this.#window.page.getByRole('region', { name: 'Every output on every split' }).getByRole('table');
  }

  get export(): Locator {
    return this.#window.page.getByRole('region', { name: 'Export' });
  }

  /** Lowest output of each target over all splits, from the table. */
  async lowest(): Promise<number[]> {
    const groups: number[][] = [];
    for (const row of await this.figures.getByRole('row').all()) {
      const text = (await row.getByRole('cell').allTextContents()).at(-1);
      if (text === undefined) continue;
      // The row of a target's first split names the target, too.
      if ((await row.getByRole('rowheader').count()) > 1) groups.push([]);
      groups.at(-1)?.push(Number(text.replaceAll(/[,\s]/g, '').replace('−', '-')));
    }
    return groups.map((values) => Math.min(...values));
  }

  /** Exports to ONNX; returns the file's path. */
  async exportOnnx(folder: string): Promise<string> {
    return this.#window.exported('model.onnx', folder, () =>
      this.export.getByRole('button', { name: 'ONNX', exact: true }).click(),
    );
  }

  tab(name: string): Locator {
    return this.#window.page.getByRole('tab', { name });
  }
}
