/**
 * Takes a picture of every screen on the made-up host, in both themes, under the hosts' content policy, asks axe about
 * it, and fails when axe or the browser complains: `npx vite build renderer --mode testing && node renderer/testing/look.mjs [folder]`.
 */
import { mkdirSync } from 'node:fs';
import axe from 'axe-core';
import { chromium } from 'playwright';
import { serveFolder } from './serve.mjs';

const root = `${import.meta.dirname}/../..`;
const folder = process.argv[2] ?? `${root}/.cache/screens`;
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const { address, close } = await serveFolder(`${root}/.dist/renderer-testing`);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
/** @type {string[]} */
const complaints = [];

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 820 }, colorScheme });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  /** @param {string} name */
  const shoot = async (name) => {
    await page.waitForTimeout(350);
    if (only !== undefined && !name.includes(only)) return;
    await page.evaluate(axe.source);
    const found = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
    for (const { id, help, nodes } of found.violations) {
      for (const { html, failureSummary } of nodes.slice(0, 3))
        complaints.push(
          `${name} ${colorScheme}: ${id}, ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary.replaceAll('\n', ' ').slice(0, 300)}`,
        );
    }
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
  };
  const step = (/** @type {string} */ name) =>
    page.getByRole('navigation').getByRole('button', { name }).first().click();

  await page.goto(`${address}?epoch=500`);
  await shoot('start');
  await page.getByRole('button', { name: /^Ink/ }).click();
  await shoot('data');
  const pictures = page.getByRole('tab', { name: 'Pictures' });
  if (await pictures.count()) {
    await pictures.click();
    await shoot('data-pictures');
  }
  await step('Network');
  await shoot('network');
  await step('Constraint');
  await shoot('constraint');
  await step('Train');
  await shoot('train-empty');
  await page.getByRole('contentinfo').getByRole('button', { name: 'Train', exact: true }).click();
  await page.waitForTimeout(2600);
  await shoot('train-live');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(900);
  await shoot('train-paused');
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await page.waitForTimeout(4500);
  await shoot('train-done');
  await step('Result');
  await shoot('result');
  const predict = page.getByRole('tab', { name: 'Predict' });
  if (await predict.count()) {
    await predict.click();
    await shoot('predict');
  }
  await step('Runs');
  await shoot('runs');
  const boxes = page.getByRole('checkbox');
  if ((await boxes.count()) > 2) {
    for (const index of [0, 1, 2]) await boxes.nth(index).click();
    const compare = page.getByRole('button', { name: /^Compare/ });
    await compare.click();
    await shoot('compare');
  }
  await page.keyboard.press('F1');
  await shoot('help');
  await page.close();
}
await browser.close();
close();
if (complaints.length > 0) {
  console.error([...new Set(complaints)].join('\n'));
  process.exitCode = 1;
}
