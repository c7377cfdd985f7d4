import type { Page } from 'playwright/test';
import { expect, test } from '../fixtures.ts';
import { Chart } from '../pages/chart.ts';
import { trainSmall } from '../screens.ts';

/** Reading charts and exporting them. */

const zoomOut = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Zoom out' });

test('charts are read by pointer and keys, zoomed in on, and keep their marks', async ({ orthant }) => {
  const { page } = orthant;
  await trainSmall(orthant, 6);
  await orthant.step('Train');
  const worst = new Chart(page, 'Worst output');
  const strip = new Chart(page, 'Outputs of top_left around zero');

  await worst.hover(0.55);
  await expect(worst.plot).toContainText('epoch 3');
  await expect(strip.figure).toContainText('epoch 3');
  await strip.hover(0.3);
  await expect(strip.plot).toContainText('epoch 2');
  await page.mouse.move(5, 5);
  await expect(strip.figure).toContainText('epoch 6');

  await strip.plot.focus();
  await page.keyboard.press('End');
  await expect(strip.readout).toContainText(/epoch 6.*rows below zero/);
  await page.keyboard.press('ArrowLeft');
  await expect(strip.readout).toContainText('epoch 5');
  await worst.plot.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(worst.readout).toContainText(/epoch 1.*top_left: .*bottom_right: /);
  await page.keyboard.press('Escape');
  await expect(worst.readout).toBeEmpty();

  const whole = zoomOut(page).and(page.locator('[aria-disabled=true]'));
  await expect(whole).toBeVisible();
  const changes: [string, () => Promise<void>][] = [
    ['a drag', () => strip.drag(0.3, 0.6)],
    ['a key', () => page.keyboard.press('+')],
    [
      'the wheel',
      async () => {
        await worst.hover(0.5);
        await page.keyboard.down('Control');
        await page.mouse.wheel(0, -100);
        await page.keyboard.up('Control');
      },
    ],
    ['a button', () => page.getByRole('main').getByRole('button', { name: 'Zoom in' }).click()],
  ];
  for (const [how, zoomIn] of changes) {
    await test.step(how, async () => {
      await worst.plot.focus();
      await zoomIn();
      await expect(whole).toBeHidden();
      const { x, y } = await strip.place(0.4);
      await page.mouse.dblclick(x, y);
      await expect(whole).toBeVisible();
    });
  }

  const events = async (): Promise<string> => {
    const { header, rows } = await worst.table();
    expect(header.at(-1)).toBe('events');
    return rows.map((row) => row.at(-1)).join();
  };
  expect(await events()).toMatch(/best so far/);
  await page.reload();
  await orthant.loaded();
  await expect(worst.plot).toBeVisible();
  expect(await events()).toMatch(/best so far/);
  expect(await events()).toMatch(/checkpoint/);
});

// The host is not involved: a browser writes the files of a page.
test('pictures and figures are exported', { tag: '@browser-host' }, async ({ orthant, folder }) => {
  const { page } = orthant;
  await trainSmall(orthant, 3);
  await orthant.step('Train');
  const titles = ['Loss', 'Share of negative outputs', 'Worst output', 'Largest multiplier'];
  for (const title of [...titles, 'Outputs of top_left around zero']) {
    await test.step(title, async () => {
      const chart = new Chart(page, title);
      await picture(page, chart, await chart.save('PNG', folder));
      await figures(chart, await chart.save('CSV', folder));
    });
  }
  await orthant.result.open();
  const scatter = new Chart(page, 'top_left, predicted against true');
  await expect(scatter.figure).toContainText('1,000 rows');
  await picture(page, scatter, await scatter.save('PNG', folder));
  await figures(scatter, await scatter.save('CSV', folder));
});

/** Expects a picture as large as the chart and its title together, with more than one colour. */
async function picture(page: Page, chart: Chart, file: Buffer): Promise<void> {
  const seen = await page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)], { type: 'image/png' }));
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const colours = (top: number, rows: number): number =>
        new Set(new Uint32Array(context?.getImageData(0, top, width, rows).data.buffer ?? [])).size;
      return { width, height, inTitle: colours(0, 24), below: colours(50, height - 50) };
    },
    [...file],
  );
  const box = await chart.plot.boundingBox();
  expect(seen.width).toBeGreaterThanOrEqual(Math.floor(box?.width ?? Infinity));
  expect(seen.height).toBeGreaterThan(Math.floor(box?.height ?? Infinity) + 20);
  expect(seen.inTitle).toBeGreaterThan(5);
  expect(seen.below).toBeGreaterThan(5);
}

/** Expects the same columns and rows as in the chart's table. */
async function figures(chart: Chart, file: Buffer): Promise<void> {
  const lines = file
    .toString('utf8')
    .trim()
    .split('\r\n')
    // In this file only headers contain commas, in quotes.
    .map((line) => line.split(/,(?! )/).map((cell) => cell.replaceAll('"', '')));
  const { header, rows } = await chart.table();
  expect(lines[0]).toEqual(header);
  const first = (cells: readonly string[][]): number[] => cells.map((row) => Number(row[0]?.replaceAll(',', '')));
  // A table shows the last thousand rows.
  const listed = first(lines.slice(1).slice(-1000));
  expect(listed).toHaveLength(rows.length);
  first(rows).forEach((value, index) => {
    expect(value).toBeCloseTo(listed[index] ?? NaN, 3);
  });
}
