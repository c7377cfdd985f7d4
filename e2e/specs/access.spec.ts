import axe from 'axe-core';
import type { Page } from 'playwright/test';
import { expect, test } from '../fixtures.ts';
import type { OrthantWindow } from '../pages/orthantWindow.ts';
import { everyScreen, inBothThemes, trainSmall, type Look } from '../screens.ts';
import { everyStateOfARun, everythingOnRequest, firstAndLast } from '../states.ts';

/** The window for users without a mouse, with a screen reader, large letters or a small screen. */

interface AxeFindings {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** The findings of axe, a line each. It is evaluated and not added as a script, which the content policy refuses. */
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

/** Runs axe on the current screen, in both themes. */
const examine = (orthant: OrthantWindow): Look =>
  inBothThemes(orthant, async (screen, theme) => {
    expect.soft(await findings(orthant.page), `${screen}, ${theme}`).toEqual([]);
  });

test('axe finds nothing on any screen in either theme', async ({ orthant }) => {
  await trainSmall(orthant);
  await everyScreen(orthant, examine(orthant));
});

test('axe finds nothing in dialogs and menus, in a list of problems, in a used result', async ({ orthant, folder }) => {
  await everythingOnRequest(orthant, folder, ['No constraint', 'Quadratic penalty'], examine(orthant));
});

test('axe finds nothing while a run trains, another waits, and the process of a run has ended', async ({ orthant }) => {
  test.skip(process.platform === 'win32', 'Finds the process by ps, which Windows does not have.');
  await everyStateOfARun(orthant, examine(orthant));
});

test(
  'axe finds nothing in an empty window, nor when the host is gone',
  { tag: '@browser-host' },
  async ({ browser, folder }) => {
    await firstAndLast(browser, folder, examine);
  },
);

test('from the sample to the exported model by keyboard alone', async ({ orthant, folder }) => {
  const { page } = orthant;
  /** Moves the focus with Tab to the named control. */
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
  const file = await orthant.exported('by-keyboard.onnx', folder, async () => {
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
  test(`${name}: nothing is cut off horizontally, and every step is reachable`, async ({ orthant }) => {
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
    for (const step of ['Data', 'Network', 'Constraint', 'Train'] as const) {
      await orthant.step(step);
      const setting = page.getByRole('complementary').locator('select:visible').last();
      await setting.scrollIntoViewIfNeeded();
      await expect.soft(setting, `${step}: its last setting can be scrolled to`).toBeInViewport();
    }
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await expect.soft(page.getByLabel('Epochs', { exact: true }), 'a click leads below the charts').toBeFocused();
    await expect.soft(page.getByLabel('Epochs', { exact: true })).toBeInViewport();
  });
}
