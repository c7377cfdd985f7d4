import { badFiles, goodFiles, oneBadRow, write } from '../dataFiles.ts';
import { expect, test } from '../fixtures.ts';

/** Files of every kind are opened by the file dialog, and errors of unreadable files are shown there. */

test('files of every kind are opened', async ({ orthant, folder }) => {
  for (const file of goodFiles) {
    await test.step(file.name, async () => {
      await orthant.openData(await write(file, folder));
      await expect(orthant.page.getByText(`${file.rows} rows × ${file.columns} columns`)).toBeVisible();
      await expect(orthant.page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(file.rows + 1));
      await expect(orthant.page.getByRole('gridcell').first()).toBeVisible();
      // The only message is that no column is a target yet.
      await expect(orthant.page.getByRole('alert').filter({ hasNotText: 'target' })).toHaveCount(0);
    });
  }
});

test('files that cannot be read are reported with the reason, and the next one opens', async ({ orthant, folder }) => {
  for (const file of badFiles) {
    await test.step(file.name, async () => {
      await orthant.openData(await write(file, folder));
      const alert = orthant.page.getByRole('region', { name: 'Table', exact: true }).getByRole('alert');
      await expect(alert.first()).toContainText(file.error);
      await expect(orthant.training.button('Train')).toHaveAttribute('aria-disabled', 'true');
    });
  }
  const good = goodFiles[0];
  if (good === undefined) throw new Error('There is no good file.');
  await orthant.openData(await write(good, folder));
  await expect(orthant.page.getByText('60 rows × 3 columns')).toBeVisible();
});

test('a bad row is named, and left out on request; a column is made the target; the network trains', async ({
  orthant,
  folder,
}) => {
  const { page } = orthant;
  await orthant.openData(await write(oneBadRow, folder));
  // The header is line 1, areas 20 to 24 are lines 2 to 6.
  await expect(orthant.notice('line 7 has 5 fields where 3 are expected')).toBeVisible();
  // It is shown with its text and a remedy; there is no other problem to go to.
  await expect(page.getByRole('heading', { level: 2, name: 'Line 7' })).toBeVisible();
  await expect(page.getByText('What to do: Remove the extra fields')).toBeVisible();
  await expect(page.locator('mark')).toHaveText('4,5');
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Continue without these rows', exact: true }).click();
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await expect(page.getByRole('row', { name: /^7 / })).toBeVisible();
  await page.getByRole('tab', { name: 'Table' }).click();
  await page.getByLabel('Predict', { exact: true }).selectOption('price');
  await orthant.setLayers('4');
  await orthant.setEpochs(3);
  await orthant.training.start();
  await orthant.training.toEnd();
  await orthant.result.open();
});
