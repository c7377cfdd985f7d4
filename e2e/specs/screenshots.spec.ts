import path from 'node:path';
import { oneBadRow, write } from '../dataFiles.ts';
import { expect, test } from '../fixtures.ts';
import { everyScreen, settled } from '../screens.ts';

/** `npm run screenshots`: every screen in both themes, to be looked at. The README's picture is `train-light.png`. */

const folder = path.join(import.meta.dirname, '../.output/screenshots');

test('every screen in both themes', async ({ orthant, folder: files }) => {
  test.setTimeout(600_000);
  const { page, training } = orthant;
  const train = async (): Promise<void> => {
    await training.start();
    await training.toEnd();
  };
  const choose = async (method: string): Promise<void> => {
    await orthant.step('Constraint');
    await page.getByRole('radio', { name: method, exact: true }).check();
  };

  // Side by side with an unconstrained run, so that there is a price to show.
  await orthant.sample('ink').click();
  await choose('No constraint');
  await train();
  await choose('Augmented Lagrangian');
  await train();
  const badRow = await write(oneBadRow, files);

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const look = async (screen: string): Promise<void> => {
      await settled(orthant);
      await page.screenshot({ path: path.join(folder, `${screen}-${colorScheme}.png`) });
    };
    await everyScreen(orthant, look);

    await orthant.step('Result');
    await page.getByRole('heading', { name: 'Take it away' }).scrollIntoViewIfNeeded();
    await look('result-below');
    await orthant.step('Constraint');
    await page.getByText('Why not just').last().scrollIntoViewIfNeeded();
    await look('constraint-below');

    await orthant.toRuns();
    for (const box of (await page.getByRole('checkbox').all()).slice(0, 2)) await box.setChecked(true);
    await page.getByRole('button', { name: 'Compare' }).click();
    await look('comparison');

    await page.getByRole('button', { name: /^Configuration:/ }).click();
    await look('menu');
    await page.getByRole('menuitem', { name: 'Paste a document' }).click();
    await look('paste');
    await page.keyboard.press('Escape');

    await orthant.step('Train');
    await training.start();
    await training.toFirstEpoch();
    await training.pause();
    await look('train-paused');
    await page.getByRole('button', { name: 'Worst output as a table' }).click();
    await page.getByRole('figure', { name: 'Largest multiplier' }).getByRole('application').focus();
    await page.keyboard.press('End');
    await look('train-table');
    await training.stopButton.click();
    await training.toEnd();

    await orthant.openData(badRow);
    await look('data-refused');
    await page.getByRole('button', { name: 'Go on without these rows', exact: true }).click();
    await expect(page.getByText('60 rows × 3 columns')).toBeVisible();
    await look('data-without-target');
    await page.getByRole('tab', { name: /^Problems/ }).click();
    await look('data-row-left-out');
    await page.getByRole('tab', { name: 'Table' }).click();
    // Back to the run that the next theme is to show.
    await page.keyboard.press('ControlOrMeta+z');
    await page.keyboard.press('ControlOrMeta+z');
  }
});
