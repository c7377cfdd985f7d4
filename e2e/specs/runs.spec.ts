import type { OrthantWindow } from '../pages/orthantWindow.ts';
import { expect, test } from '../fixtures.ts';

/** A run outlives what happens around it: a reload, the end of its process, the end of the host. */

/** Starts a run that goes on until it is stopped. */
async function startLongRun(orthant: OrthantWindow): Promise<void> {
  await orthant.answer(1).click();
  await orthant.setLayers('8');
  await orthant.setEpochs(100_000);
  await orthant.training.start();
  await orthant.training.toFirstEpoch();
}

test('a paused run is found again after a reload, takes one epoch, and goes on', async ({ orthant }) => {
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

  await training.goOn();
  await expect.poll(() => training.epoch()).toBeGreaterThan(paused + 1);
  await training.stopButton.click();
  await training.toEnd();
});

test('the training process is killed: the window says what happened, and the run goes on', async ({ orthant }) => {
  test.skip(process.platform === 'win32', 'Finds the process by ps, which Windows does not have.');
  const { page, training } = orthant;
  await startLongRun(orthant);
  // A checkpoint is there once an epoch is marked with one; pausing writes one.
  await training.pause();
  const before = await training.epoch();
  await training.goOn();
  const pid = await orthant.trainingProcess();
  expect(pid, 'the training process is found').toBeDefined();
  process.kill(pid ?? 0, 'SIGKILL');

  // Electron knows the number of the signal only.
  await expect(
    orthant.notice(/training process ended unexpectedly \((?:killed by SIGKILL|killed, exit code 9)\)/),
  ).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
  await page.getByRole('button', { name: 'Resume from the last checkpoint' }).click();
  await expect(training.button('Pause')).not.toHaveAttribute('aria-disabled', 'true', { timeout: 60_000 });
  await expect.poll(() => training.epoch(), { timeout: 60_000 }).toBeGreaterThanOrEqual(before);
  await training.pause();
  await training.stopButton.click();
  await training.toEnd();
});
