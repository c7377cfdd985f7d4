import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OrthantWindow } from '../pages/orthantWindow.ts';
import { goodFiles, write } from '../dataFiles.ts';
import { expect, test } from '../fixtures.ts';

/** The table: how it comes in, what its columns are for, and the way to one of its rows. */

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

test('a file is dropped on the window, and is found again among the recent ones', async ({ orthant, folder }) => {
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

test('the rows with the lowest outputs lead to the table', async ({ orthant, folder }) => {
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
  await expect(page.getByRole('grid').locator(`[aria-rowindex="${row + 2}"]`)).toBeVisible();
  await expect(page.getByRole('grid').locator(`[aria-rowindex="${row + 2}"].active`)).toBeVisible();

  // The same from the picture of predictions, by keys.
  await orthant.step('Result');
  const scatter = page.getByRole('figure', { name: 'price, predicted against true' });
  await expect(scatter).toContainText(/\d+ rows?, dashed/);
  await scatter.getByRole('application').focus();
  await page.keyboard.press('End');
  const said = (await scatter.getByRole('status').textContent()) ?? '';
  const other = Number(/row (\d+): true/.exec(said)?.[1] ?? NaN);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid').locator(`[aria-rowindex="${other + 2}"]`)).toBeVisible();
});
