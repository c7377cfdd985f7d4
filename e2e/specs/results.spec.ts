import { readFile } from 'node:fs/promises';
import { goodFiles, write } from '../dataFiles.ts';
import type { OrthantWindow } from '../pages/orthantWindow.ts';
import { expect, test } from '../fixtures.ts';

/** Use of runs that have ended. */

async function trainInk(orthant: OrthantWindow, method: string): Promise<void> {
  await orthant.toStart();
  await orthant.sample('ink').click();
  await orthant.step('Constraint');
  await orthant.page.getByRole('radio', { name: method, exact: true }).check();
  await orthant.setLayers('12');
  await orthant.setEpochs(2);
  await orthant.training.start();
  await orthant.training.toEnd();
}

test('the price of positivity, two runs compared, one deleted and restored', async ({ orthant }) => {
  const { page } = orthant;
  await trainInk(orthant, 'Output transform');
  await orthant.result.open();
  const price = page.getByRole('region', { name: 'The price of positivity' });
  // No other run has this network: the window offers to train the missing one, and then fills in the figures.
  await price.getByRole('button', { name: 'Train the unconstrained run' }).click();
  await expect(price.getByRole('row', { name: /^top_left .* %/ })).toBeVisible();

  await orthant.toRuns();
  const rows = page.getByRole('row', { name: /ink/ });
  const before = await rows.count();
  await page.getByRole('checkbox').nth(0).check();
  await page.getByRole('checkbox').nth(1).check();
  await page.getByRole('button', { name: 'Compare 2' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '2 runs compared' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^constraint\.method/ }).first()).toContainText(
    /none.*transform|transform.*none/,
  );

  await orthant.toRuns();
  await page
    .getByRole('button', { name: /^Delete / })
    .first()
    .click();
  await expect(rows).toHaveCount(before - 1);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(rows).toHaveCount(before);
});

test('rows of another file are predicted, saved, and counted correctly', async ({ orthant, folder }, info) => {
  const { page } = orthant;
  const [houses] = goodFiles;
  const file = await write(houses ?? { name: '', bytes: () => '' }, folder);
  await orthant.openData(file);
  await page.getByRole('columnheader', { name: /price/ }).click();
  await page.getByRole('group', { name: 'Role of price' }).getByText('Target').click();
  await orthant.step('Constraint');
  await page.getByRole('radio', { name: 'No constraint', exact: true }).check();
  await orthant.setLayers('4');
  await orthant.setEpochs(1);
  await orthant.training.start();
  await orthant.training.toEnd();
  await orthant.result.open();

  await orthant.result.tab('Predict').click();
  const section = page.getByRole('region', { name: 'Rows of another file' });
  await orthant.withChosenFile(file, () => section.getByRole('button', { name: 'Choose a file' }).click());
  await expect(section.getByText('60 rows')).toBeVisible();
  const saved = await orthant.exported('predictions.csv', folder, () =>
    section.getByRole('button', { name: 'Save all as CSV' }).click(),
  );
  const [header = '', ...lines] = (await readFile(saved, 'utf8')).trim().split('\n');
  const column = header.split(',').indexOf('price');
  const prices = lines.map((line) => Number(line.split(',')[column]));
  expect(prices).toHaveLength(60);
  expect(prices.every(Number.isFinite)).toBe(true);
  const negative = prices.filter((price) => price < 0).length;
  await expect(section).toContainText(negative === 0 ? 'None is below zero' : `${negative} outputs are below zero`);

  // A file without the columns is refused with a message, and the page stays.
  const other = await write({ name: 'other.csv', bytes: () => 'width\n1\n2\n' }, folder);
  await orthant.withChosenFile(other, () => section.getByRole('button', { name: 'Choose a file' }).click());
  await expect(section.getByRole('alert')).toContainText(/"?(?:area|age)"?/);

  await expect(section.getByRole('button', { name: 'Save all as CSV' }), 'the result of the last file').toHaveCount(0);

  // One with a row that cannot be read is predicted without it on request.
  const oneBad = await write({ name: 'one-bad.csv', bytes: () => 'area,age\n20,0\n21\n22,3\n' }, folder);
  await orthant.withChosenFile(oneBad, () => section.getByRole('button', { name: 'Choose a file' }).click());
  await expect(section.getByRole('alert')).toContainText('line 3 has 1 field');
  await section.getByRole('button', { name: 'Continue without these rows' }).click();
  await expect(section).toContainText('2 rows of one-bad.csv predicted');
  await expect(section.getByRole('note').filter({ hasText: 'could not be read' })).toContainText('1 row');

  // A file dropped there is predicted, not opened; the window's own hint disappears.
  const hint = page.getByText('Drop a data file or a configuration document to open it');
  const dragged = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['area,age\n20,0\n'], 'dropped.csv'));
    return transfer;
  });
  await page.getByRole('banner').dispatchEvent('dragover', { dataTransfer: dragged });
  await expect(hint).toBeVisible();
  const zone = section.getByText('or drop it here', { exact: false });
  await zone.dispatchEvent('dragover', { dataTransfer: dragged });
  await expect(hint).toBeHidden();
  await section.getByText('Drop it to predict its rows.').dispatchEvent('drop', { dataTransfer: dragged });
  if (info.project.name === 'browser') await expect(section).toContainText('1 row of dropped.csv predicted');
  await expect(hint).toBeHidden();
  await expect(page.getByRole('heading', { level: 2, name: 'Rows of another file' })).toBeVisible();

  // The file's first row, typed in, gives the same prediction as before.
  const row = page.getByRole('region', { name: 'One row' });
  await row.getByLabel('area').fill('20');
  await row.getByLabel('age').fill('0');
  await row.getByRole('button', { name: 'Predict' }).click();
  await expect(row).toContainText(/price\s*(?:▼\s*)?[−\d]/);
  const typed = Number(/price\s*(?:▼\s*)?([−\d.,]+)/.exec((await row.textContent()) ?? '')?.[1]?.replace('−', '-'));
  expect(typed / (prices[0] ?? NaN)).toBeCloseTo(1, 3);
});
