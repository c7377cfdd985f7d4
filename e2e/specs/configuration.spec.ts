import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from '../fixtures.ts';
import { goodFiles, write } from '../dataFiles.ts';

/** The configuration as one document: undone, restored, saved, opened, pasted. */

async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: /^Configuration:/ }).click();
  await page.getByRole('menuitem', { name: 'Paste a configuration' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(text);
  await dialog.getByRole('button', { name: 'Use this configuration' }).click();
}

test('changes are undone and redone, one by one', async ({ orthant }) => {
  const { page } = orthant;
  await orthant.sample('ink').click();
  await orthant.step('Network');
  const layers = page.getByLabel('Hidden layers', { exact: true });
  const before = await layers.inputValue();
  await layers.fill('12');
  await orthant.step('Constraint');
  await page.getByRole('radio', { name: 'Output transform', exact: true }).check();

  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.getByRole('radio', { name: 'Output transform', exact: true })).not.toBeChecked();
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(orthant.stepButton('Network')).toContainText(before.split(',')[0] ?? '');
  await expect(orthant.stepButton('Network')).not.toContainText('-12-');
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(orthant.stepButton('Network')).toContainText('784-12-2');
  await page.getByRole('button', { name: /^Redo/ }).click();
  await expect(page.getByRole('radio', { name: 'Output transform', exact: true })).toBeChecked();
  await expect(page.getByRole('button', { name: /^Redo/ })).toHaveAttribute('aria-disabled', 'true');
});

test('changes are kept over a reload', async ({ orthant, home }, { project }) => {
  await orthant.sample('ink').click();
  await orthant.setLayers('13,7');
  const kept = async (): Promise<unknown> => {
    const text = await readFile(path.join(home, `state/draft-${project.name}.json`), 'utf8').catch(() => '{}');
    return JSON.parse(text);
  };
  await expect
    .poll(kept, { timeout: 20_000 })
    .toMatchObject({ document: { configuration: { network: { hidden: [13, 7] } } } });
  await orthant.page.reload();
  await orthant.loaded();
  await expect(orthant.stepButton('Network')).toContainText('784-13-7-2');
  await expect(orthant.stepButton('Network')).toHaveAttribute('aria-current', 'step');
  await orthant.page.keyboard.press('ControlOrMeta+z');
  await expect(orthant.stepButton('Network')).not.toContainText('784-13-7-2');
});

test('Ctrl and Enter train, and do not open the menu whose button has the focus', async ({ orthant }) => {
  const { page } = orthant;
  await orthant.answer(1).click();
  await orthant.setLayers('4');
  await orthant.setEpochs(1);
  await expect(orthant.training.button('Train')).not.toHaveAttribute('aria-disabled', 'true');
  const menu = page.getByRole('button', { name: /^Configuration:/ });
  await menu.focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await orthant.training.toEnd();
  await expect(page.getByRole('menu')).toHaveCount(0);
  await menu.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
});

test('a document is saved, opened and pasted', { tag: '@browser-host' }, async ({ orthant, folder }) => {
  const { page } = orthant;
  const network = orthant.stepButton('Network');
  await orthant.sample('ink').click();
  await orthant.setLayers('21');
  const saved = path.join(folder, 'mine.orthant');
  const download = page.waitForEvent('download');
  await page.keyboard.press('ControlOrMeta+s');
  await (await download).saveAs(saved);

  await orthant.setLayers('5');
  await expect(network).toContainText('784-5-2');
  await orthant.withChosenFile(saved, () => page.keyboard.press('ControlOrMeta+Shift+O'));
  await expect(network).toContainText('784-21-2');

  const text = (await readFile(saved, 'utf8')).replace(/"hidden": \[\s*21\s*\]/, '"hidden": [9, 8]');
  await paste(page, text);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(network).toContainText('784-9-8-2');
  await paste(page, '{ "data": 1 }');
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText(/data/);
  await page.keyboard.press('Escape');
  await expect(network).toContainText('784-9-8-2');

  const broken = await write({ name: 'broken.orthant', bytes: () => '{ "network": ' }, folder);
  await orthant.withChosenFile(broken, () => page.keyboard.press('ControlOrMeta+Shift+O'));
  await expect(page.getByRole('main').getByRole('alert')).toContainText(/JSON|document/i);
});

test('a pasted configuration uses the file that it names once that is opened, or another that is located', async ({
  orthant,
  folder,
}) => {
  const { page } = orthant;
  const [houses] = goodFiles;
  const file = await write(houses ?? { name: '', bytes: () => '' }, folder);
  const name = path.basename(file);
  const data = {
    source: { kind: 'file', path: path.join('/elsewhere', name) },
    columns: { price: { role: 'target' } },
  };
  await paste(page, JSON.stringify({ data, network: { hidden: [7, 5] } }));
  await expect(orthant.notice(`${name} was not opened by you`)).toBeVisible();
  await orthant.withChosenFile(file, () => page.getByRole('button', { name: 'Open another file' }).click());
  await expect(page.getByText('60 rows × 3 columns')).toBeVisible();
  await expect(orthant.stepButton('Network')).toContainText('2-7-5-1');

  await page.getByRole('button', { name: 'Undo: locate the file' }).click();
  await expect(orthant.notice(`${name} was not opened by you`)).toBeVisible();
  const renamed = await write({ name: 'renamed.csv', bytes: () => readFileSync(file) }, folder);
  await orthant.withChosenFile(renamed, () =>
    page.getByRole('button', { name: 'Locate the file', exact: true }).click(),
  );
  await expect(page.getByRole('heading', { level: 1, name: 'renamed.csv' })).toBeVisible();
  await expect(orthant.stepButton('Network')).toContainText('2-7-5-1');
});
