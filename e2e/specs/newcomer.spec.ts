import { quirkyTable, spacedTable, write } from '../dataFiles.ts';
import { expect, test } from '../fixtures.ts';

/** A new user with a table, who has read no help: each problem is shown where it is, with the next step. */

test('from a spreadsheet with quirks to a model with positive outputs', async ({ orthant, folder }) => {
  const { page, training } = orthant;
  const train = training.button('Train');
  await orthant.openData(await write(quirkyTable, folder));
  await expect(page.getByText('120 rows × 7 columns')).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'Süd' }).first()).toBeVisible();

  // The target is the last column, out of view: it is chosen from the list, the others beside it by key.
  await expect(training.bar).toContainText('No column is a target');
  await page.getByLabel('Predict', { exact: true }).selectOption('Energie');
  await expect(page.getByLabel('Predict', { exact: true })).toHaveCount(0);
  await page.getByRole('grid').focus();
  for (const key of ['ArrowLeft', 't', 'ArrowLeft', 't']) await page.keyboard.press(key);
  await expect(orthant.stepButton('Network')).toContainText(/-3$/);
  await page.getByRole('tab', { name: /^Notes/ }).click();
  await expect(page.getByText('it was read as Latin-1'), 'reported once').toHaveCount(1);

  await expect(train).toHaveAttribute('aria-disabled', 'true');
  await expect(training.bar).toContainText('Ertrag is below its bound in the data: see step 3.');
  await orthant.step('Constraint');
  await expect(page.getByRole('radio', { checked: true })).toBeInViewport();
  const settings = page.getByRole('complementary', { name: 'Constraint settings' });
  await expect(settings.getByRole('alert')).toContainText('Ertrag goes down to −1.5, below its bound of 0');
  await settings.getByRole('button', { name: 'Lower it to −1.5' }).click();
  await expect(settings.getByLabel('Ertrag at least')).toHaveValue('-1.5');
  await expect(settings.getByLabel('Energie at least')).toHaveValue('0');
  await expect(settings.getByRole('alert')).toHaveCount(0);

  await orthant.step('Train');
  // The number of epochs is chosen for the table unless the user sets it.
  const epochs = page.getByLabel('Epochs', { exact: true });
  await expect(epochs).toHaveValue('');
  await expect(page.getByText(/2 steps each\. Empty: chosen for the table/)).toBeVisible();
  await orthant.setEpochs(20);
  await expect(page.getByText(/2 steps each, 40 in all\. That is little/)).toBeVisible();
  await training.start();
  await training.toEnd(240_000);
  await page.getByRole('button', { name: 'See the result' }).click();
  await expect(orthant.result.figures).toBeVisible();
  // Few steps are enough: the network starts as the linear model of the rows.
  await expect(orthant.notice(/always predicting the mean/)).toHaveCount(0);
  await expect(
    page.getByRole('heading', { name: /^(Bound kept:|Some training rows are below the bound)/ }),
  ).toBeVisible();
  expect(Math.min(...(await orthant.result.lowest()))).toBeGreaterThan(-1.5);
  await orthant.result.exportOnnx(folder);
  await expect(orthant.result.export).toContainText('Verified');
});

test('a column of text that looks like numbers is reported where it would be chosen, with the fix', async ({
  orthant,
  folder,
}) => {
  const { page } = orthant;
  await orthant.openData(await write(spacedTable, folder));
  const choice = page.getByLabel('Predict', { exact: true });
  await expect(choice.getByRole('option', { name: 'load (text, not numbers)' })).toBeDisabled();
  await expect(choice.getByRole('option', { name: 'day (dates, not numbers)' })).toBeDisabled();
  await expect(orthant.notice(/Column "load" was read as text/)).toBeVisible();
  const settings = page.getByRole('complementary', { name: 'Data settings' });
  await expect(settings.getByLabel('Delimiter')).toBeHidden();
  await page.getByRole('button', { name: 'How the file is read' }).click();
  await expect(settings.getByLabel('Delimiter')).toBeInViewport();
  await expect(settings.getByText('How the file is read')).toBeFocused();

  // Its problem is already reported, so the text beside the table shows the values of a column of words.
  await page.getByRole('columnheader', { name: 'zone' }).click();
  await expect(settings.getByRole('row', { name: 'north 30' })).toBeVisible();
  await expect(settings.getByRole('row', { name: 'south 10' })).toBeVisible();
});
