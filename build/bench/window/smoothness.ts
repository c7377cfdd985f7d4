import path from 'node:path';
import type { Locator } from 'playwright';
import type { Application } from './application.ts';
import { withApplication } from './application.ts';
import type { Bench, BenchContext, Figure } from './figure.ts';
import { longTasksDuring, watchLongTasks, type LongWork } from './longTasks.ts';
import { shortEpochs } from './tables.ts';

type OnScreens = Record<string, LongWork>;
const limit = 50;

/** Tasks of the window's main thread while training goes on at full speed, on every screen. */
export const smoothness: Bench = {
  name: 'smoothness',
  run: async (context) => [
    figure('ink, 784-784-784-2', await whileTraining(context, 'ink')),
    figure('short epochs, over 50 a second', await whileTraining(context, 'short')),
  ],
};

function figure(what: string, screens: OnScreens): Figure {
  const found = Object.entries(screens).flatMap(([screen, { tasks }]) => tasks.map((task) => ({ screen, ...task })));
  const worst = found.reduce<(typeof found)[number] | undefined>(
    (longest, task) => (task.milliseconds > (longest?.milliseconds ?? 0) ? task : longest),
    undefined,
  );
  const count = Object.keys(screens).length;
  return {
    name: `longest main-thread task while training (${what})`,
    target: `< ${limit} ms`,
    measured:
      worst === undefined
        ? `none over ${limit} ms on ${count} screens`
        : `${Math.round(worst.milliseconds)} ms (${worst.screen}; ${found.length} over ${limit} ms)`,
    reached: worst === undefined,
    details: { screens },
  };
}

async function whileTraining(context: BenchContext, run: 'ink' | 'short'): Promise<OnScreens> {
  const folder = path.join(context.folder, run);
  return withApplication({ folder, prepare: watchLongTasks }, async (application) => {
    const { orthant, page } = application;
    // A run that has ended, so that no screen is empty.
    await orthant.answer(1).click();
    await orthant.setLayers('16');
    await orthant.setEpochs(2);
    await application.train();
    await orthant.training.toEnd();
    await orthant.step('Network');
    if (run === 'ink') {
      await orthant.setLayers('784,784');
      await orthant.setEpochs(100_000);
    } else {
      await application.configure(shortEpochs(folder, 1_000_000), folder);
    }
    await application.train();
    await orthant.training.toFirstEpoch();
    const screens = await visit(application, context.quick ? 1500 : 5000);
    await page.keyboard.press('Alt+.');
    await orthant.training.toEnd();
    return screens;
  });
}

/** Goes through the screens by keys, and with the mouse where there are none. */
async function visit({ page, orthant }: Application, milliseconds: number): Promise<OnScreens> {
  const screens: OnScreens = {};
  const look = async (screen: string, act: () => Promise<void>): Promise<void> => {
    screens[screen] = await longTasksDuring(page, milliseconds, act);
  };
  const press = (key: string) => (): Promise<void> => page.keyboard.press(key);

  await look('Train, its charts', press('Alt+4'));
  await page.setViewportSize({ width: 1280, height: 1800 });
  await look('Train, all charts in view', () => Promise.resolve());
  await look('Train, the pointer over its charts', await sweep(page.getByRole('figure').first(), page.mouse));
  await page.setViewportSize({ width: 1280, height: 820 });
  await look('Start', await click(page.getByRole('banner').getByRole('button', { name: 'Orthant', exact: true })));
  await look('Data', press('Alt+1'));
  for (const name of ['Pictures', 'Notes', 'Table']) {
    const tab = page.getByRole('tab', { name });
    if ((await tab.count()) > 0) await look(`Data, ${name.toLowerCase()}`, await click(tab));
  }
  await look('Network', press('Alt+2'));
  await look('Constraint', press('Alt+3'));
  await look('Runs', press('Alt+6'));
  await look('Help', press('F1'));
  await page.keyboard.press('Escape');
  // The run that has ended, while the other one goes on.
  await look('Result', await click(page.getByRole('main').locator('tr').last().getByRole('button').first()));
  await look('Result, predict', await click(orthant.result.tab('Predict')));
  return screens;
}

/** A click on what is where it is now, made without asking the page again. */
async function click(target: Locator): Promise<() => Promise<void>> {
  const { x, y } = await middleOf(target);
  return () => target.page().mouse.click(x, y);
}

/** Moves over a chart from left to right and back. */
async function sweep(chart: Locator, mouse: { move(x: number, y: number): Promise<void> }) {
  const { x, y, width } = await middleOf(chart);
  return async (): Promise<void> => {
    for (let step = -30; step <= 30; step++) await mouse.move(x + (step / 30) * 0.4 * width, y);
  };
}

async function middleOf(target: Locator): Promise<{ x: number; y: number; width: number }> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (box === null) throw new Error('What is to be pointed at is not on the screen.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
}
