import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { OrthantError } from '../../native/contract/errors.ts';
import { expectAccessible } from '../testing/accessible.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { answersOfRun, fakeRun } from '../testing/fakeTraining.ts';
import { openWindow } from '../testing/openTestedWindow.ts';

/** Messages of the window: errors, their actions, and confirmations. */

const main = page.getByRole('main');
const bar = page.getByRole('contentinfo');

test('the error of a command is shown until it is dismissed', async () => {
  const refuse = (): never => {
    throw new OrthantError('run', 'The folder of runs cannot be written.');
  };
  await openWindow({ page: 'train', answers: { start: refuse } });
  await bar.getByRole('button', { name: 'Train', exact: true }).click();
  const alert = main.getByRole('alert');
  await expect.element(alert).toHaveTextContent('The folder of runs cannot be written.');
  await expectAccessible();
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await expect.element(alert).not.toBeInTheDocument();
});

test('the end of a training process is shown with the run to resume, and can be dismissed', async () => {
  const configuration = fakeConfiguration('diamonds');
  let ended = false;
  const { emit, asked } = await openWindow({
    page: 'train',
    answers: {
      ...answersOfRun(configuration, 'training', 2),
      runs: () => answersOfRun(configuration, ended ? 'interrupted' : 'training', 2).runs(),
      resumeRun: ({ run }) => ({ run }),
    },
  });
  await expect.element(bar.getByText(/^epoch 2/)).toBeVisible();
  ended = true;
  emit(
    { event: 'engine', role: 'train', state: 'crashed', message: 'The engine was killed.', run: fakeRun },
    { event: 'engine', role: 'train', state: 'running' },
  );
  const alert = main.getByRole('alert');
  await expect.element(alert).toHaveTextContent('The engine was killed.');
  await alert.getByRole('button', { name: 'Resume from the last checkpoint' }).click();
  await expect.poll(() => asked('resumeRun')).toEqual([{ run: fakeRun }]);
  await expect.element(alert).not.toBeInTheDocument();
});

test('an engine that does not come back can be started again', async () => {
  const { emit, asked } = await openWindow({ page: 'network' });
  emit({ event: 'engine', role: 'train', state: 'crashed', message: 'The engine ended three times.' });
  const alert = main.getByRole('alert');
  await expect.element(alert).toHaveTextContent('The engine ended three times.');
  await expect
    .element(bar.getByRole('button', { name: 'Train', exact: true }))
    .toHaveAccessibleDescription('The training engine has ended: start it again first.');
  await expect.element(page.getByRole('banner').getByText('No training engine')).toBeVisible();
  await alert.getByRole('button', { name: 'Start the engine again' }).click();
  expect(asked('restartEngine')).toEqual([{ role: 'train' }]);
  await expect.element(alert).not.toBeInTheDocument();
});

test('a lost connection is shown, and commands are unavailable meanwhile', async () => {
  const { cut } = await openWindow({ page: 'network' });
  await expect.element(page.getByRole('banner').getByText(/^TensorFlow/)).toBeVisible();
  cut();
  await expect.element(page.getByRole('banner').getByRole('status')).toHaveTextContent(/^Connection lost/);
  await expect
    .element(bar.getByRole('button', { name: 'Train', exact: true }))
    .toHaveAttribute('aria-disabled', 'true');
  // It reconnects by itself.
  await expect.element(page.getByRole('banner').getByText(/^TensorFlow/)).toBeVisible();
});

test('an upload shows its progress, and can be cancelled', async () => {
  const { app } = await openWindow({ page: 'data' });
  const cancelUploads = vi.spyOn(app.files, 'cancelUploads');
  app.opening.upload = 0.5;
  const progress = main.getByRole('progressbar');
  await expect.element(progress).toBeVisible();
  expect((progress.element() as HTMLProgressElement).value).toBe(0.5);
  await main.getByRole('button', { name: 'Cancel' }).click();
  expect(cancelUploads).toHaveBeenCalledOnce();
});

test('a completed action is confirmed for a moment', async () => {
  const { app } = await openWindow({ page: 'data' });
  app.messages.show('The command was copied.');
  await expect.element(main.getByRole('status').getByText('The command was copied.')).toBeVisible();
  await expectAccessible();
});

test('a missing file that the system asked to open is reported', async () => {
  const { emit } = await openWindow({ page: 'data' });
  emit({ event: 'refused', error: { code: 'file', message: 'There is no file houses.csv.' } });
  await expect.element(main.getByRole('alert')).toHaveTextContent('There is no file houses.csv.');
});
