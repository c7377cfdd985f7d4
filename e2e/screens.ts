import { expect } from './fixtures.ts';
import type { OrthantWindow } from './pages/orthantWindow.ts';
import { stepNames } from './pages/orthantWindow.ts';

/** Looks at the current screen, under a name. */
export type Look = (name: string) => Promise<void>;

/** Looks at the settled screen in both themes. */
export const inBothThemes =
  (orthant: OrthantWindow, look: (name: string, theme: 'light' | 'dark') => Promise<void>): Look =>
  async (name) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await orthant.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await settled(orthant);
      await look(name, colorScheme);
    }
  };

/** Trains the first answer for a few epochs, so that no screen is empty. */
export async function trainSmall(orthant: OrthantWindow, epochs = 2): Promise<void> {
  await orthant.toStart();
  await orthant.answer(1).click();
  await orthant.setLayers('16');
  await orthant.setEpochs(epochs);
  await orthant.training.start();
  await orthant.training.toEnd();
}

/** Starts a run that continues until it is stopped. */
export async function startLongRun(orthant: OrthantWindow): Promise<void> {
  await orthant.answer(1).click();
  await orthant.setLayers('8');
  await orthant.setEpochs(100_000);
  await orthant.page.getByText('More', { exact: true }).click();
  await orthant.page.getByLabel('Early stopping, epochs', { exact: true }).fill('0');
  await orthant.training.start();
  await orthant.training.toFirstEpoch();
}

/** Goes through every screen of a window in which a run has ended, and calls `look` on each. */
export async function everyScreen(orthant: OrthantWindow, look: Look): Promise<void> {
  const { page } = orthant;
  await orthant.toStart();
  await look('start');
  for (const step of stepNames) {
    await orthant.step(step);
    await settled(orthant);
    await look(step.toLowerCase());
    if (step === 'Data') {
      for (const tab of ['Pictures', 'Notes']) {
        await page.getByRole('tab', { name: tab }).click();
        await settled(orthant);
        await look(`data-${tab.toLowerCase()}`);
      }
      await page.getByRole('tab', { name: 'Table' }).click();
    }
  }
  await orthant.result.tab('Predict').click();
  await expect(page.getByRole('heading', { name: 'One row' })).toBeVisible();
  await look('predict');
  await orthant.result.tab('Evidence').click();
  await orthant.toRuns();
  await look('runs');
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
  await look('help');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

/** Waits until no part of the screen is loading, and all animations have ended. */
export async function settled(orthant: OrthantWindow): Promise<void> {
  const { page } = orthant;
  await expect(
    page.getByRole('main').getByText(/^(Reading the file|Predicting |Looking for an unconstrained run)/),
  ).toHaveCount(0);
  await orthant.rendered();
  await expect(page.getByRole('main').getByText(/^(Computing )?…$/)).toHaveCount(0);
  // Collapsed parts are not drawn: a change of theme starts their transitions, which then wait until they are visible.
  await page.evaluate(() => {
    const seen = document.getAnimations().filter(({ effect }) => {
      const target = effect instanceof KeyframeEffect ? effect.target : null;
      return target === null || target.checkVisibility();
    });
    return Promise.all(seen.map((animation) => animation.finished.catch(() => 0)));
  });
}
