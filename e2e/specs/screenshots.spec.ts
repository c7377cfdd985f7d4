import path from 'node:path';
import { test } from '../fixtures.ts';
import { everyScreen, trainSmall } from '../screens.ts';

/** `npm run screenshots`: every screen in both themes, to be looked at. */

const folder = path.join(import.meta.dirname, '../.output/screenshots');

test('every screen in both themes', async ({ orthant }) => {
  await trainSmall(orthant);
  for (const colorScheme of ['light', 'dark'] as const) {
    await orthant.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await everyScreen(orthant, async (screen) => {
      await orthant.page.screenshot({ path: path.join(folder, `${screen}-${colorScheme}.png`) });
    });
  }
});
