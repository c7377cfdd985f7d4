import axe from 'axe-core';
import type { Page } from 'playwright/test';
import { expect, test } from '../fixtures.ts';
import { oneBadRow, write } from '../dataFiles.ts';
import { everyScreen, settled, startLongRun, trainSmall } from '../screens.ts';

/** The window for those who use no mouse, a screen reader, large letters or a small screen. */

interface AxeFindings {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe finds, a line each. It is evaluated and not added as a script, which the content policy refuses. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeFindings> } }).axe.run(),
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} (${failureSummary.replaceAll('\n', ' ')})`,
    ),
  );
}

test('axe finds nothing on any screen in either theme', async ({ orthant }) => {
  await trainSmall(orthant);
  for (const colorScheme of ['light', 'dark'] as const) {
    await orthant.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await everyScreen(orthant, async (screen) => {
      expect.soft(await findings(orthant.page), `${screen}, ${colorScheme}`).toEqual([]);
    });
  }
});

test('axe finds nothing in what opens on request, nor while a run is at work', async ({ orthant, folder }) => {
  const { page, training } = orthant;
  await trainSmall(orthant);
  await trainSmall(orthant);
  const themes = ['light', 'dark'] as const;
  const look = async (screen: string): Promise<void> => {
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await settled(orthant);
      expect.soft(await findings(page), `${screen}, ${colorScheme}`).toEqual([]);
    }
  };
  await orthant.step('Train');
  await page.getByRole('button', { name: 'Worst output as a table' }).click();
  await look('a chart as a table');

  await orthant.toRuns();
  for (const box of (await page.getByRole('main').getByRole('checkbox').all()).slice(0, 2)) await box.check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await look('comparison');

  await page.getByRole('button', { name: /^Configuration:/ }).click();
  await expect(page.getByRole('menuitem', { name: 'Paste a document' })).toBeVisible();
  await look('open menu');
  await page.getByRole('menuitem', { name: 'Paste a document' }).click();
  await look('paste dialog');
  await page.keyboard.press('Escape');

  await orthant.openData(await write(oneBadRow, folder));
  await expect(page.getByRole('button', { name: 'Go on without these rows', exact: true })).toBeVisible();
  await look('refused file');

  await orthant.toStart();
  await startLongRun(orthant);
  await look('running Train');
  await training.pause();
  await look('paused Train');
});

test('from the sample to the exported model by keyboard alone', async ({ orthant, folder }) => {
  const { page } = orthant;
  /** Moves the focus with Tab until it is on the named control. */
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 150; presses++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const { activeElement } = document;
        const labels = activeElement instanceof HTMLInputElement ? [...(activeElement.labels ?? [])] : [];
        return (
          activeElement?.getAttribute('aria-label') ??
          [...labels, activeElement].map((element) => element?.textContent ?? '').join(' ')
        ).trim();
      });
      if (name.test(focused)) return;
    }
    throw new Error(`Tab does not reach ${String(name)}.`);
  };
  const type = async (text: string): Promise<void> => {
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
  };

  await tabTo(/^1.*Penalty/);
  await page.keyboard.press('Enter');
  await expect(orthant.training.button('Train')).not.toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Alt+2');
  await tabTo(/^Hidden layers/);
  await type('8');
  await page.keyboard.press('Alt+4');
  await tabTo(/^Epochs/);
  await type('1');
  await expect(orthant.training.button('Train')).not.toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('ControlOrMeta+Enter');
  await orthant.training.toEnd();
  await page.keyboard.press('Alt+5');
  await expect(orthant.result.figures).toBeVisible();
  const file = await orthant.takenAway('by-keyboard.onnx', folder, async () => {
    await tabTo(/^ONNX$/);
    await page.keyboard.press('Enter');
  });
  expect(file).toContain('by-keyboard.onnx');
});

const sizes = [
  { name: 'a window of 1024 x 700', width: 1024, height: 700 },
  // Zoom leaves half the CSS pixels of 1280 x 820 in each direction.
  { name: '200 % zoom', width: 640, height: 410 },
];

for (const { name, width, height } of sizes) {
  test(`${name}: nothing is cut off sideways, and every step is within reach`, async ({ orthant }) => {
    const { page } = orthant;
    await trainSmall(orthant);
    await page.setViewportSize({ width, height });
    await everyScreen(orthant, async (screen) => {
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `${screen}: pixels beyond the window's width`).toBeLessThanOrEqual(0);
      const hidden = await page
        .getByRole('contentinfo')
        .getByRole('button')
        .evaluateAll((buttons) =>
          buttons
            .filter((button) => {
              const { left, right, bottom } = button.getBoundingClientRect();
              return left < 0 || right > window.innerWidth + 1 || bottom > window.innerHeight + 1;
            })
            .map((button) => button.textContent),
        );
      expect.soft(hidden, `${screen}: buttons of the bar outside the window`).toEqual([]);
    });
  });
}
