import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../fixtures.ts';
import { startLongRun } from '../screens.ts';

/** A run survives a reload, the end of its process and a new name; and it can be repeated. */

test('a paused run is found again after a reload, trains one epoch, and continues', async ({ orthant }) => {
  const { page, training } = orthant;
  await startLongRun(orthant);
  await training.pause();
  const paused = await training.epoch();

  await page.reload();
  await expect(training.status).toContainText('paused');
  expect(await training.epoch()).toBe(paused);
  await expect(page.getByRole('figure').first()).toBeVisible();

  await training.button('One epoch').click();
  await expect(training.status).toContainText(new RegExp(`epoch ${paused + 1}/`));
  await expect(training.status).toContainText('paused');

  await training.resume();
  await expect.poll(() => training.epoch()).toBeGreaterThan(paused + 1);
  await training.stopButton.click();
  await training.toEnd();
});

test('the training process is killed: the window reports it, and the run resumes', async ({ orthant }) => {
  test.skip(process.platform === 'win32', 'Finds the process by ps, which Windows does not have.');
  const { page, training } = orthant;
  await startLongRun(orthant);
  // A checkpoint exists once an epoch is marked with one; pausing writes one.
  await training.pause();
  const before = await training.epoch();
  await training.resume();
  const pid = await orthant.trainingProcess();
  expect(pid, 'the training process is found').toBeDefined();
  process.kill(pid ?? 0, 'SIGKILL');

  // Electron reports only the number of the signal.
  await expect(
    orthant.notice(/training process ended unexpectedly \((?:killed by SIGKILL[^)]*|killed, exit code 9)\)/),
  ).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
  const resume = page.getByRole('button', { name: 'Resume from the last checkpoint' });
  await expect(training.status).toContainText('interrupted');
  await expect(resume, 'there is only one button to resume').toHaveCount(1);
  await resume.click();
  await expect(training.button('Pause')).not.toHaveAttribute('aria-disabled', 'true', { timeout: 60_000 });
  await expect.poll(() => training.epoch(), { timeout: 60_000 }).toBeGreaterThanOrEqual(before);
  await training.pause();
  await training.stopButton.click();
  await training.toEnd();
});

test('a run is renamed, found, opened again and used as the next one’s configuration', async ({ orthant }) => {
  const { page } = orthant;
  await orthant.answer(3).click();
  await orthant.setLayers('6');
  await orthant.setEpochs(2);
  await orthant.training.start();
  await orthant.training.toEnd();
  await orthant.setLayers('5');

  await orthant.toRuns();
  await page
    .getByRole('button', { name: /^Rename / })
    .first()
    .click();
  await page.getByRole('textbox', { name: 'Name of the run' }).fill('six wide');
  await page.keyboard.press('Enter');
  const rows = page.getByRole('main').getByRole('row');
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('six transform');
  await expect(rows.filter({ hasText: 'six wide' })).toHaveCount(1);
  await expect(rows).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('nothing like it');
  await expect(page.getByText('No run matches')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('six');

  await page.getByRole('button', { name: 'Use the configuration of six wide again' }).click();
  await expect(orthant.stepButton('Network')).toContainText('784-6-2');

  // As after a restart of the window: only the folder of the run is known.
  await page.reload();
  await orthant.loaded();
  await orthant.toRuns();
  await page.getByRole('main').getByRole('button', { name: 'six wide', exact: true }).click();
  await expect(orthant.result.figures).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'six wide' })).toBeVisible();
  await orthant.step('Train');
  await expect(page.getByRole('figure', { name: 'Worst output' })).toContainText(/top_left\s*[−\d]/);
});

test('the copied command line trains the same run', { tag: '@browser-host' }, async ({ orthant, folder }) => {
  const { page } = orthant;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await orthant.answer(3).click();
  await orthant.setLayers('6');
  await orthant.setEpochs(1);
  await orthant.training.start();
  await orthant.training.toEnd();
  await orthant.result.open();
  const lowestOfTargets = await orthant.result.lowest();
  const section = page.getByRole('region', { name: 'The same run from the command line' });
  await section.getByRole('button', { name: 'Copy' }).click();
  await expect(section.getByRole('button', { name: 'Copied' })).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toMatch(/^npm run orthant -- train --sample ink .*--hidden 6/);

  // Silent, so that npm prints no lines before the JSON.
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', `${command.replace('npm run', 'npm run --silent')} --json --out "${path.join(folder, 'run')}"`],
    { cwd: path.join(import.meta.dirname, '../..'), maxBuffer: 1 << 26 },
  );
  const { splits } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    splits: Record<string, { outputs: { minimum: number }[] }>;
  };
  lowestOfTargets.forEach((lowest, output) => {
    const again = Math.min(...Object.values(splits).map(({ outputs }) => outputs[output]?.minimum ?? NaN));
    expect(again / lowest).toBeCloseTo(1, 3);
  });
});
