import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OrthantWindow } from '../pages/orthantWindow.ts';
import { goodFiles, wideTable, write } from '../dataFiles.ts';
import { expect, test } from '../fixtures.ts';

/** The table: opening it, the roles of its columns, and links to its rows. */

const [houses] = goodFiles;
const file = houses ?? { name: '', bytes: () => '' };
const roleOf = (orthant: OrthantWindow, column: string) =>
  orthant.page.getByRole('columnheader', { name: new RegExp(column) }).getByRole('button');

test('roles are given by keys and by clicks on a header', async ({ orthant, folder }) => {
  const { page } = orthant;
  await orthant.openData(await write(file, folder));
  await expect(roleOf(orthant, 'price')).toHaveText('Input');
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('x');
  await expect(roleOf(orthant, 'age')).toHaveText('Ignore');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('t');
  await expect(roleOf(orthant, 'price')).toHaveText('Target');
  await page.keyboard.press('i');
  await expect(roleOf(orthant, 'price')).toHaveText('Input');
  await roleOf(orthant, 'price').click();
  await expect(roleOf(orthant, 'price')).toHaveText('Target');
  await expect(orthant.stepButton('Data')).toContainText('60 × 3');
  await expect(orthant.training.button('Train')).not.toHaveAttribute('aria-disabled', 'true');
});

test('of 800 columns the visible ones are rendered: by scroll bar and by keys, with their values and roles', async ({
  orthant,
  folder,
}) => {
  const { page } = orthant;
  await orthant.openData(await write(wideTable, folder));
  const grid = page.getByRole('grid');
  const header = (column: number) => page.getByRole('columnheader', { name: new RegExp(`^c${column}\\b`) });
  /** The cell of a row, from 0, in a column. */
  const cell = (row: number, column: number) =>
    grid.locator(`[aria-rowindex="${row + 2}"] [role=gridcell][aria-colindex="${column + 1}"]`);
  await expect(cell(3, 0)).toHaveText('0.3');
  await expect(grid).toHaveAttribute('aria-colcount', '800');
  expect(await page.getByRole('columnheader').count(), 'headers of columns out of view').toBeLessThan(20);

  await grid.evaluate((element) => {
    element.scrollLeft = (698 / 800) * element.scrollWidth;
  });
  await expect(header(700)).toBeInViewport();
  await expect(header(700)).toHaveAttribute('aria-colindex', '701');
  await expect(cell(3, 700)).toHaveText('700.3');
  await expect(cell(11, 700)).toHaveText('701.1');
  const [above, below] = await Promise.all([header(700).boundingBox(), cell(3, 700).boundingBox()]);
  expect(below?.x, 'a cell is below its header').toBe(above?.x);
  await roleOf(orthant, 'c700').click();
  await expect(roleOf(orthant, 'c700')).toHaveText('Target');
  await roleOf(orthant, 'c700').click();
  await expect(roleOf(orthant, 'c700')).toHaveText('Ignore');

  // By keys, from the position left by the mouse; the last column is fully visible in the table.
  await cell(3, 700).click();
  await grid.focus();
  for (const key of ['ArrowRight', 'ArrowDown', 'x']) await page.keyboard.press(key);
  await expect(grid).toHaveAttribute('aria-activedescendant', (await cell(4, 701).getAttribute('id')) ?? '');
  await expect(roleOf(orthant, 'c701')).toHaveText('Ignore');
  await page.keyboard.press('End');
  await expect(cell(4, 799)).toHaveText('799.4');
  await expect(cell(4, 799)).toHaveClass(/active/);
  await expect(header(799)).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Home');
  await expect(cell(4, 0)).toHaveClass(/active/);
  await expect(header(0)).toBeInViewport({ ratio: 1 });
});

test('decimal marks are aligned, with any number of digits behind them', async ({ orthant, folder }) => {
  const { page } = orthant;
  const lines = ['0.5,1', '12.125,2', '3,3', '-0.0625,40', ...Array.from({ length: 20 }, (_, row) => `${row},${row}`)];
  await orthant.openData(await write({ name: 'marks.csv', bytes: () => `size,count\n${lines.join('\n')}\n` }, folder));
  /** The cell of a row, from 0, in a column; the header is the grid's first row. */
  const cell = (row: number, column: number) =>
    page.getByRole('grid').locator(`[aria-rowindex="${row + 2}"] [role=gridcell][aria-colindex="${column + 1}"]`);
  await expect(cell(0, 0)).toContainText('0.5');
  /** Position of the first digit behind the mark, visible or not. */
  const mark = (row: number): Promise<number> =>
    cell(row, 0).evaluate((element) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
        const at = text.textContent?.indexOf('.') ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left;
      }
      return NaN;
    });
  const marks = [await mark(0), await mark(1), await mark(2), await mark(3)];
  for (const place of marks) expect(place).toBeCloseTo(marks[0] ?? NaN, 0);
  // Missing decimals are not read out, and a column of whole numbers is unchanged.
  await expect(cell(2, 0)).toHaveText('3', { useInnerText: true });
  await expect(cell(3, 1)).toHaveText('40');
});

test('pictures are drawn when they become visible, and keep their state', async ({ orthant }) => {
  const { page } = orthant;
  await orthant.sample('ink').click();
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  const pictures = page.locator('canvas');
  await expect(pictures).toHaveCount(0);
  await page.getByRole('tab', { name: 'Pictures' }).click();
  await expect(pictures).toHaveCount(40);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('img', { name: 'Row 41' })).toBeVisible();
  await page.getByRole('tab', { name: 'Table' }).click();
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Pictures' }).click();
  await expect(page.getByRole('img', { name: 'Row 41' })).toBeVisible();
  // Drawn, not only present: ink on paper has more than one colour.
  await expect
    .poll(() =>
      pictures.first().evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        return new Set(data).size;
      }),
    )
    .toBeGreaterThan(2);
});

test('a file is dropped on the window, and is listed among the recent ones', async ({ orthant, folder }) => {
  const { page } = orthant;
  const target = await write({ name: 'dropped.csv', bytes: file.bytes }, folder);
  const text = await readFile(target, 'utf8');
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], 'dropped.csv', { type: 'text/csv' }));
    return data;
  }, text);
  await page.getByRole('main').dispatchEvent('dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop a data file or a configuration document')).toBeVisible();
  await page.getByRole('main').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.getByRole('heading', { level: 1, name: 'dropped.csv' })).toBeVisible();
  await expect(page.getByText('60 rows × 3 columns')).toBeVisible();
  await expect(page.getByText('Drop a data file or a configuration document')).toBeHidden();

  await orthant.toStart();
  await orthant.sample('ink').click();
  await expect(page.getByText('10,000 rows × 786 columns')).toBeVisible();
  await orthant.toStart();
  await page
    .getByRole('region', { name: 'Recent' })
    .getByRole('button', { name: /^dropped\.csv/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'dropped.csv' })).toBeVisible();
  await expect(page.getByText('60 rows × 3 columns')).toBeVisible();
});

test('the rows with the lowest outputs link to the table', async ({ orthant, folder }) => {
  const { page } = orthant;
  await orthant.openData(await write({ name: path.basename('lowest.csv'), bytes: file.bytes }, folder));
  await roleOf(orthant, 'price').click();
  await expect(roleOf(orthant, 'price')).toHaveText('Target');
  await orthant.setLayers('4');
  await orthant.setEpochs(2);
  await orthant.training.start();
  await orthant.training.toEnd();
  await orthant.result.open();
  const lowest = page.getByRole('region', { name: /^Rows with the lowest/ });
  const button = lowest.getByRole('row').nth(1).getByRole('button');
  const row = Number(await button.textContent());
  await button.click();
  await expect(page.getByRole('grid').locator(`[aria-rowindex="${row + 1}"]`)).toBeVisible();
  await expect(page.getByRole('grid').locator(`[aria-rowindex="${row + 1}"].active`)).toBeVisible();

  // The same from the picture of predictions, by keys.
  await orthant.step('Result');
  const scatter = page.getByRole('figure', { name: 'price, predicted against true' });
  await expect(scatter).toContainText(/\d+ rows?, dashed/);
  await scatter.getByRole('application').focus();
  await page.keyboard.press('End');
  const announced = (await scatter.getByRole('status').textContent()) ?? '';
  const other = Number(/row (\d+): true/.exec(announced)?.[1] ?? NaN);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid').locator(`[aria-rowindex="${other + 1}"]`)).toBeVisible();
});
