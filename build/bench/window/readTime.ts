import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { chromium } from 'playwright';
import { BrowserHost } from '../../../e2e/browserHost.ts';
import { launchOptions } from '../../../e2e/chromium.ts';
import { OrthantWindow } from '../../../e2e/pages/orthantWindow.ts';
import type { Bench } from './figure.ts';

const rows = 1_000_000;

/** A CSV file of 1,000,000 rows and 20 columns: the time from the choice of the file to its first rows in the window. */
export const readTime: Bench = {
  name: 'read time',
  run: async ({ folder, quick }) => {
    const file = path.join(folder, 'large.csv');
    await writeLargeCsv(file);
    const samples: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++)
      samples.push(await readOnce(path.join(folder, String(round)), file));
    return [{ name: '1,000,000 x 20 CSV, table shown after the file is chosen', unit: 's', limit: 6, samples }];
  },
};

/** In seconds. */
async function readOnce(folder: string, file: string): Promise<number> {
  const host = await BrowserHost.start({ folder });
  const browser = await chromium.launchPersistentContext(path.join(folder, 'profile'), launchOptions);
  try {
    const page = await browser.newPage();
    await new OrthantWindow(page, { hostProcess: () => host.pid }).openAt(await host.address());
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: /^Open a data file/ }).click();
    const began = performance.now();
    await (await chooser).setFiles(file);
    await page.getByRole('gridcell').first().waitFor({ timeout: 120_000 });
    // A dot marks a value that is not loaded yet.
    await page.waitForFunction(() => !document.querySelector('[role=gridcell]')?.textContent.includes('·'));
    return (performance.now() - began) / 1000;
  } finally {
    await browser.close();
    await host.stop();
  }
}

/** 20 columns: numbers of several kinds, some of them negative or missing, and two categories. */
async function writeLargeCsv(file: string): Promise<void> {
  const out = createWriteStream(file);
  // The generator of Numerical Recipes: the same numbers every time, in [0, 1).
  let state = 7;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const colours = ['red', 'green', 'blue', 'violet', 'grey'];
  const header = [...Array.from({ length: 17 }, (_, index) => `x${index + 1}`), 'colour', 'site', 'price'];
  let block = `${header.join(',')}\n`;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < 17; column++) {
      if (column === 16 && next() < 0.01) block += ',';
      else if (column % 3 === 0) block += `${Math.floor(next() * 1000)},`;
      else block += `${(next() * 200 - (column === 4 ? 100 : 0)).toFixed(3)},`;
    }
    const colour = colours[Math.floor(next() * colours.length)] ?? '';
    block += `${colour},site-${Math.floor(next() * 40) + 1},${(next() * 500).toFixed(2)}\n`;
    if (block.length > 1 << 20) {
      if (!out.write(block)) await once(out, 'drain');
      block = '';
    }
  }
  out.end(block);
  await once(out, 'finish');
}
