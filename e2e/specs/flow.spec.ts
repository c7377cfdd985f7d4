import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BrowserHost } from '../browserHost.ts';
import { expect, test } from '../fixtures.ts';
import { OrthantWindow } from '../pages/orthantWindow.ts';
import { trainingProcess } from '../hostProcesses.ts';

/** The state of the application: files given at the start, waiting runs, engines that end, messages. */

test.describe('browser host', { tag: '@browser-host' }, () => {
  test('a file given at the start replaces the saved work, which undo restores', async ({ browser, folder }) => {
    const csv = path.join(folder, 'prices.csv');
    await writeFile(csv, `size,price\n${Array.from({ length: 40 }, (_, row) => `${row},${2 * row + 1}`).join('\n')}\n`);
    const context = await browser.newContext();
    let host = await BrowserHost.start({ folder });
    const orthant = new OrthantWindow(await context.newPage(), { hostProcess: () => host.pid });
    const { page } = orthant;
    await orthant.openAt(await host.address());
    await orthant.sample('ink').click();
    await orthant.setLayers('5,5');
    await orthant.step('Train');
    // The window saves its work after a moment.
    await expect
      .poll(() => readFile(path.join(folder, 'state/draft-browser.json'), 'utf8').catch(() => ''))
      .toMatch(/"hidden":\s*\[\s*5,\s*5\s*\][^]*"page":\s*"train"/);
    await page.close();
    await host.stop();

    host = await BrowserHost.start({ folder, files: [csv, path.join(folder, 'prcies.csv')] });
    const again = await context.newPage();
    await again.goto(await host.address());
    await expect(again.getByRole('heading', { level: 1, name: 'prices.csv' })).toBeVisible();
    await expect(again.getByText('40 rows × 2 columns')).toBeVisible();
    await expect(again.getByRole('alert').filter({ hasText: 'prcies.csv cannot be opened' })).toBeVisible();
    await again.getByRole('banner').getByRole('button', { name: 'Undo: open data' }).click();
    await expect(again.getByText('10,000 rows × 786 columns')).toBeVisible();
    await expect(again.getByRole('navigation', { name: 'Steps' })).toContainText('784-5-5-2');
    await context.close();
    await host.stop();
  });

  test('a window whose session has ended shows how to log in again, and then continues', async ({
    browser,
    folder,
  }) => {
    let host = await BrowserHost.start({ folder });
    const context = await browser.newContext();
    const page = await context.newPage();
    const orthant = new OrthantWindow(page, { hostProcess: () => host.pid });
    await orthant.openAt(await host.address());
    const port = Number(new URL(page.url()).port);
    await host.stop();
    await context.clearCookies();
    host = await BrowserHost.start({ folder, port });
    await expect(page.getByRole('alert').filter({ hasText: 'Press Enter in the terminal' })).toBeVisible();
    await expect(page.getByText('A fresh address is needed')).toBeVisible();

    const other = await context.newPage();
    await other.goto(await host.address());
    await page.bringToFront();
    await expect(page.getByText('A fresh address is needed')).toBeHidden();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await orthant.loaded();
    await context.close();
    await host.stop();
  });

  test('an engine that keeps ending is started again on request', async ({ browser, folder }) => {
    test.skip(process.platform === 'win32', 'Finds the process by ps, which Windows does not have.');
    const host = await BrowserHost.start({ folder });
    const context = await browser.newContext();
    const page = await context.newPage();
    const orthant = new OrthantWindow(page, { hostProcess: () => host.pid });
    await orthant.openAt(await host.address());
    await orthant.sample('ink').click();
    let last: number | undefined;
    for (let end = 0; end < 3; end += 1) {
      await expect
        .poll(() => {
          const pid = trainingProcess(host.pid);
          return pid !== undefined && pid !== last;
        })
        .toBe(true);
      last = trainingProcess(host.pid);
      process.kill(last ?? 0, 'SIGKILL');
    }
    const start = page.getByRole('alert').getByRole('button', { name: 'Start the engine again' });
    await expect(start).toBeVisible();
    await expect(page.getByRole('banner').getByRole('status')).toContainText('No training engine');
    await expect(orthant.training.button('Train')).toHaveAttribute('aria-disabled', 'true');
    await start.click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await orthant.loaded();
    await expect(orthant.training.button('Train')).not.toHaveAttribute('aria-disabled', 'true');
    await context.close();
    await host.stop();
  });
});

test('changes of a paused run are applied by the bar, a waiting run leaves the queue, and Stop works from the list', async ({
  orthant,
}) => {
  const { page, training } = orthant;
  await orthant.answer(1).click();
  await orthant.setLayers('8');
  await orthant.setEpochs(90_000);
  await training.start();
  await training.toFirstEpoch();
  await training.pause();
  const settings = page.getByRole('complementary', { name: 'Training settings' });
  await settings.getByLabel('Epochs', { exact: true }).first().fill('80000');
  await expect(settings.getByLabel('Batch size').first()).toBeDisabled();
  await expect(settings.getByText('The training step was built for this size.')).toBeVisible();
  await page.keyboard.press('Alt+e');
  await expect(training.status).toContainText('/80,000');
  await expect(training.status).toContainText('paused');

  await training.button('Train another').click();
  await training.bar.getByRole('button', { name: '1 waiting' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible();
  const waiting = page.getByRole('row').filter({ hasText: 'waiting' });
  await expect(waiting.getByRole('button', { name: /^Delete/ })).toHaveAttribute('aria-disabled', 'true');
  await waiting.getByRole('button', { name: /^Remove .* from the queue$/ }).click();
  await expect(waiting).toHaveCount(0);
  await expect(page.getByRole('main').getByRole('status')).toContainText('nothing of it was kept');
  await expect(training.status).toContainText('paused');
  await page.getByRole('row').filter({ hasText: 'paused' }).getByRole('button', { name: /^Stop/ }).click();
  await training.toEnd();
  await page.keyboard.press('Alt+p');
  await expect(page.getByRole('main').getByRole('status')).toContainText('No run is training.');
  await expect(page.getByRole('alert')).toHaveCount(0);

  const row = page.getByRole('row').nth(1);
  const rename = async (name: string, key: string): Promise<void> => {
    await row.getByRole('button', { name: /^Rename/ }).click();
    await page.getByLabel('Name of the run').fill(name);
    await page.keyboard.press(key);
    await expect(page.getByLabel('Name of the run')).toBeHidden();
  };
  await rename('thrown away', 'Escape');
  await rename('kept', 'Enter');
  await expect(row.getByRole('button', { name: 'kept', exact: true })).toBeFocused();
  await expect(page.getByText('thrown away')).toHaveCount(0);

  await row.getByRole('button', { name: 'kept', exact: true }).click();
  await orthant.toRuns();
  await row.getByRole('button', { name: 'Delete kept' }).click();
  await orthant.step('Result');
  await expect(page.getByRole('heading', { name: 'No result yet' })).toBeVisible();
});

test('the details of the engine, with reasons and advice, are reachable by the keyboard', async ({ orthant }) => {
  const { page } = orthant;
  const engine = page.getByRole('banner').getByRole('button', { name: /details of the engine/ });
  await engine.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'The engine' });
  await expect(dialog.getByText('Trains and predicts')).toBeVisible();
  await expect(dialog.getByRole('heading', { name: 'What would help' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(engine).toBeFocused();
});
