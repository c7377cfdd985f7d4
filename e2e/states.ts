import path from 'node:path';
import type { Browser } from 'playwright/test';
import { BrowserHost } from './browserHost.ts';
import { goodFiles, oneBadRow, write } from './dataFiles.ts';
import { expect } from './fixtures.ts';
import { OrthantWindow } from './pages/orthantWindow.ts';
import { settled, startLongRun, type Look } from './screens.ts';

/** The states of a window on request, while a run trains, and after errors: each is opened and looked at. */

/** Trains straight lines through a table of houses, one run a method: fast, and with outputs below zero outside it. */
async function trainHouses(orthant: OrthantWindow, folder: string, methods: readonly string[]): Promise<void> {
  const { page, training } = orthant;
  const [houses = oneBadRow] = goodFiles;
  await orthant.openData(await write(houses, folder));
  await page.getByRole('columnheader', { name: /price/ }).click();
  await page.getByRole('group', { name: 'Role of price' }).getByText('Target').click();
  await orthant.setLayers('');
  await orthant.setEpochs(60);
  await page.getByLabel('Learning rate', { exact: true }).fill('0.1');
  for (const method of methods) {
    await orthant.step('Constraint');
    await page.getByRole('radio', { name: method, exact: true }).check();
    await training.start();
    await training.toEnd();
  }
}

/** The result of a run beside an unconstrained one on the same data, exported, and used. */
async function everyUseOfAResult(orthant: OrthantWindow, folder: string, look: Look): Promise<void> {
  const { page, result } = orthant;
  await result.open();
  const price = page.getByRole('region', { name: 'The price of positivity' });
  await expect(price.getByRole('table')).toBeVisible();
  await settled(orthant);
  await price.scrollIntoViewIfNeeded();
  await look('result-price');
  await result.exportOnnx(folder);
  await result.export.scrollIntoViewIfNeeded();
  await expect(result.export.getByText('Verified')).toBeVisible();
  await look('result-exported');

  await result.tab('Predict').click();
  const rows = Array.from({ length: 40 }, (_, row) => `${row - 10},${(row * 11) % 40}`);
  const file = await write({ name: 'small-houses.csv', bytes: () => ['area,age', ...rows].join('\n') }, folder);
  const section = page.getByRole('region', { name: 'Rows of another file' });
  await orthant.withChosenFile(file, () => section.getByRole('button', { name: 'Choose a file' }).click());
  await expect(section.getByText(/outputs are below zero/)).toBeVisible();
  const row = page.getByRole('region', { name: 'One row' });
  await row.getByLabel('area').fill('-20');
  await row.getByLabel('age').fill('30');
  await row.getByRole('button', { name: 'Predict' }).click();
  await expect(row.getByRole('status')).toContainText('price');
  await look('predict-filled');
  await result.tab('Evidence').click();
}

/** The list of runs: several compared, a search without a match, one deleted. */
async function everyUseOfRuns(orthant: OrthantWindow, compared: number, look: Look): Promise<void> {
  const { page } = orthant;
  await orthant.toRuns();
  for (const box of (await page.getByRole('main').getByRole('checkbox').all()).slice(0, compared)) await box.check();
  await look('runs-chosen');
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('figure').first()).toBeVisible();
  await look('comparison');
  await page.getByRole('button', { name: 'All runs' }).click();
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('nothing like it');
  await look('runs-not-found');
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('');
  await page
    .getByRole('button', { name: /^Delete / })
    .first()
    .click();
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toBeVisible();
  await look('runs-deleted');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toHaveCount(0);
}

/** Parts that open and close on request, except help: the menu, the dialogs, collapsed sections. */
async function everythingFolded(orthant: OrthantWindow, look: Look): Promise<void> {
  const { page } = orthant;
  await orthant.step('Train');
  await page.getByRole('button', { name: 'Worst output as a table' }).click();
  await page.getByRole('figure', { name: 'Largest multiplier' }).getByRole('application').focus();
  await page.keyboard.press('End');
  await look('train-table');
  await page.getByRole('button', { name: 'Worst output as a table' }).click();

  await page.getByRole('button', { name: /^Configuration:/ }).click();
  await expect(page.getByRole('menuitem', { name: 'Paste a configuration' })).toBeVisible();
  await look('menu');
  await page.getByRole('menuitem', { name: 'Paste a configuration' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('{ "network": { "hidden": "64" } }');
  await page.getByRole('button', { name: 'Use this configuration' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await look('paste-refused');
  await page.keyboard.press('Escape');

  await page
    .getByRole('banner')
    .getByRole('button', { name: /details of the engine/ })
    .click();
  await expect(page.getByRole('dialog', { name: 'The engine' })).toBeVisible();
  await look('engine');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await orthant.step('Constraint');
  const why = page.getByText('Why not just exp?');
  await why.click();
  await page.getByRole('button', { name: 'Use the non-negative last layer' }).scrollIntoViewIfNeeded();
  await look('constraint-why');
  await why.click();
}

/** Settings that do not fit each other: a warning and a mistake on Network. */
async function everyMisfit(orthant: OrthantWindow, look: Look): Promise<void> {
  const { page } = orthant;
  await orthant.step('Constraint');
  await page.getByRole('radio', { name: 'Non-negative last layer', exact: true }).check();
  await orthant.setLayers('32,32');
  await page.getByLabel('Activation of the hidden layers').selectOption('gelu');
  await expect(page.getByRole('alert').or(page.getByRole('note')).first()).toBeVisible();
  await page.getByLabel('Hidden layers', { exact: true }).fill('32,wide');
  await look('network-misfit');
  await page.getByLabel('Hidden layers', { exact: true }).fill('32,32');
  await page.getByLabel('Activation of the hidden layers').selectOption('relu');
}

/** A file of which a row cannot be read: refused, and taken without it; no target is chosen yet. */
async function everyImportProblem(orthant: OrthantWindow, folder: string, look: Look): Promise<void> {
  const { page } = orthant;
  const lines = Array.from({ length: 60 }, (_, row) => `${20 + row},${row % 40},${50 + 3 * row}`);
  [lines[4], lines[30], lines[44]] = ['1,2,3,4,5', '50', '64,4,"182'];
  const bytes = ['area,age,price', ...lines].join('\n') + '"\n';
  await orthant.openData(await write({ name: 'three-bad-rows.csv', bytes: () => bytes }, folder));
  await expect(page.getByRole('button', { name: 'Continue without these rows', exact: true })).toBeVisible();
  await look('data-refused');
  await orthant.openData(await write(oneBadRow, folder));
  await page.getByRole('button', { name: 'Continue without these rows', exact: true }).click();
  await expect(page.getByText('60 rows × 3 columns')).toBeVisible();
  await look('data-without-target');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await look('data-row-left-out');
  await page.getByRole('tab', { name: 'Table' }).click();
  await orthant.openData(path.join(folder, 'houses.csv'));
}

/** A running run, and a waiting one: running, paused with changes, in the list. */
async function everyMomentOfARun(orthant: OrthantWindow, look: Look): Promise<void> {
  const { page, training } = orthant;
  await orthant.toStart();
  await startLongRun(orthant);
  await look('train-running');
  await orthant.step('Result');
  await look('result-not-yet');
  await orthant.step('Train');
  await training.pause();
  const settings = page.getByRole('complementary', { name: 'Training settings' });
  await settings.getByLabel('Learning rate', { exact: true }).first().fill('0.0005');
  await expect(training.button('Resume with the changes')).toBeVisible();
  await look('train-paused');
  await training.button('Train another').click();
  await expect(training.bar.getByRole('button', { name: '1 waiting' })).toBeVisible();
  await orthant.toRuns();
  await expect(page.getByRole('row').filter({ hasText: 'waiting' })).toBeVisible();
  await look('runs-queue');
  await page
    .getByRole('row')
    .filter({ hasText: 'waiting' })
    .getByRole('button', { name: /^Remove .* from the queue$/ })
    .click();
  await expect(page.getByRole('row').filter({ hasText: 'waiting' })).toHaveCount(0);
}

/** The training process ends under a run: the window's message, with the last checkpoint to resume from. */
async function afterACrash(orthant: OrthantWindow, look: Look): Promise<void> {
  const { page, training } = orthant;
  await orthant.toStart();
  await startLongRun(orthant);
  // Pausing writes a checkpoint.
  await training.pause();
  await training.resume();
  process.kill((await orthant.trainingProcess()) ?? 0, 'SIGKILL');
  await expect(page.getByRole('alert').getByRole('button', { name: 'Resume from the last checkpoint' })).toBeVisible();
  await look('train-crashed');
  await page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).click();
}

/** An empty window: each step shows what comes next. */
async function everyEmptyScreen(orthant: OrthantWindow, look: Look): Promise<void> {
  const { page } = orthant;
  await look('start-first');
  for (const step of ['Data', 'Network', 'Constraint', 'Train', 'Result'] as const) {
    await orthant.step(step);
    await look(`${step.toLowerCase()}-empty`);
  }
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: /^Runs/ }).click();
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
  await look('runs-empty');
}

/** A separate host, with an empty window and after the host is gone. */
export async function firstAndLast(
  browser: Browser,
  folder: string,
  lookOf: (orthant: OrthantWindow) => Look,
): Promise<void> {
  const host = await BrowserHost.start({ folder });
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 } });
  const orthant = new OrthantWindow(await context.newPage(), { hostProcess: () => host.pid });
  await orthant.openAt(await host.address());
  const look = lookOf(orthant);
  await everyEmptyScreen(orthant, look);
  await orthant.toStart();
  await orthant.sample('Prices').click();
  await expect(orthant.page.getByText('53,917 rows × 10 columns')).toBeVisible();
  await look('data-diamonds');
  await host.stop();
  await expect(orthant.page.getByText('Connection lost, trying again')).toBeVisible();
  await look('connection-lost');
  await context.close();
}

/**
 * Dialogs and menus, lists of problems, and results in use, after a run on one table with each of these methods,
 * one of which is no constraint.
 */
export async function everythingOnRequest(
  orthant: OrthantWindow,
  folder: string,
  methods: readonly string[],
  look: Look,
): Promise<void> {
  await trainHouses(orthant, folder, methods);
  await everyUseOfAResult(orthant, folder, look);
  await everythingFolded(orthant, look);
  await everyUseOfRuns(orthant, methods.length, look);
  await everyImportProblem(orthant, folder, look);
  await everyMisfit(orthant, look);
}

/** Looks while a run trains and another waits, and after the process of a run has ended. */
export async function everyStateOfARun(orthant: OrthantWindow, look: Look): Promise<void> {
  await everyMomentOfARun(orthant, look);
  await orthant.stopTraining();
  await afterACrash(orthant, look);
}
