import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { test } from '../fixtures.ts';
import type { OrthantWindow } from '../pages/orthantWindow.ts';
import { everyScreen, inBothThemes, settled, trainSmall, type Look } from '../screens.ts';
import { everyStateOfARun, everythingOnRequest, firstAndLast } from '../states.ts';

/** `npm run screenshots`: every screen in both themes, for inspection. The README's picture is `train-light.png`. */

const folder = path.join(import.meta.dirname, '../.output/screenshots');

/** Takes a picture in both themes. */
const photograph = (orthant: OrthantWindow): Look =>
  inBothThemes(orthant, (name, theme) => picture(orthant.page, `${name}-${theme}`));

const picture = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
};

test('every screen', async ({ orthant }) => {
  test.setTimeout(2_400_000);
  // Remove pictures that are no longer taken.
  await rm(folder, { recursive: true, force: true });
  const { page, training } = orthant;
  const look = photograph(orthant);
  await orthant.sample('ink').click();
  // The forum's own network takes ten times as long and looks no different.
  await orthant.setLayers('64,64');
  // Side by side with an unconstrained run, so that there is a price to show.
  for (const method of ['No constraint', 'Augmented Lagrangian']) {
    await orthant.step('Constraint');
    await page.getByRole('radio', { name: method, exact: true }).check();
    await training.start();
    await training.toEnd(900_000);
  }
  await everyScreen(orthant, look);
  // One tall picture, so that scrolled parts are visible.
  await page.setViewportSize({ width: 1280, height: 2000 });
  for (const step of ['Data', 'Constraint', 'Train', 'Result'] as const) {
    await orthant.step(step);
    await look(`${step.toLowerCase()}-whole`);
  }
});

test('dialogs and menus', async ({ orthant, folder: files }) => {
  test.setTimeout(600_000);
  const others = ['Output transform', 'Projected dual ascent', 'Augmented Lagrangian', 'No constraint'];
  await everythingOnRequest(orthant, files, [...others, 'Quadratic penalty'], photograph(orthant));
});

test('while a run trains, and when its process ends', async ({ orthant }) => {
  test.skip(process.platform === 'win32', 'Finds the process by ps, which Windows does not have.');
  test.setTimeout(600_000);
  await everyStateOfARun(orthant, photograph(orthant));
});

test('an empty window, and when the host is gone', async ({ browser, folder: files }) => {
  await firstAndLast(browser, files, photograph);
});

const sizes = [
  { name: '1024x700', width: 1024, height: 700 },
  // Zoom leaves half the CSS pixels of 1280 x 820 in each direction.
  { name: 'zoom-200', width: 640, height: 410 },
];
for (const { name, width, height } of sizes) {
  test(`a window of ${name}`, async ({ orthant }) => {
    const { page } = orthant;
    await trainSmall(orthant);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await everyScreen(orthant, async (screen) => {
      await settled(orthant);
      await picture(page, `${name}-${screen}`);
    });
  });
}
