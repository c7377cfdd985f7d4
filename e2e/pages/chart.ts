import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { expect } from 'playwright/test';

/** A chart: read, zoomed, listed as a table and exported. */
export class Chart {
  readonly #page: Page;
  readonly title: string;

  constructor(page: Page, title: string) {
    this.#page = page;
    this.title = title;
  }

  get figure(): Locator {
    return this.#page.getByRole('figure', { name: this.title });
  }

  /** The part that receives the pointer and the keys. */
  get plot(): Locator {
    return this.figure.getByRole('application');
  }

  /** The last values read out by keys. */
  get readout(): Locator {
    return this.figure.getByRole('status');
  }

  /** A place on the plot, as shares of its width and height. */
  async place(right: number, down = 0.5): Promise<{ x: number; y: number }> {
    await this.plot.scrollIntoViewIfNeeded();
    const box = await this.plot.boundingBox();
    if (box === null) throw new Error(`${this.title} is not on the screen.`);
    return { x: box.x + right * box.width, y: box.y + down * box.height };
  }

  async hover(right: number): Promise<void> {
    const { x, y } = await this.place(right);
    await this.#page.mouse.move(x, y);
  }

  async drag(from: number, to: number): Promise<void> {
    const [start, end] = [await this.place(from), await this.place(to)];
    await this.#page.mouse.move(start.x, start.y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(end.x, end.y, { steps: 4 });
    await this.#page.mouse.up();
  }

  /** Shows its figures as a table; returns them as displayed. */
  async table(): Promise<{ header: string[]; rows: string[][] }> {
    const button = this.figure.getByRole('button', { name: 'as a table' });
    await button.click();
    const [header = [], ...rows] = await this.figure
      .getByRole('table')
      .evaluate((table: HTMLTableElement) =>
        [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent)),
      );
    await button.click();
    await expect(this.plot).toBeVisible();
    return { header, rows };
  }

  /** Exports it; returns the file. */
  async save(kind: 'PNG' | 'CSV', folder: string): Promise<Buffer> {
    const download = this.#page.waitForEvent('download');
    await this.figure.getByRole('button', { name: `as ${kind}` }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(new RegExp(`^[a-z0-9-]+\\.${kind.toLowerCase()}$`));
    const target = path.join(folder, file.suggestedFilename());
    await file.saveAs(target);
    return readFile(target);
  }
}
