import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { OrthantError } from '../../native/contract/errors.ts';
import { expectAccessible } from '../testing/accessible.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { answersOfRun, fakeRun } from '../testing/fakeTraining.ts';
import { openWindow } from '../testing/openWindow.ts';

/** Messages of the window: errors, their actions, and confirmations. */

const main = page.getByRole('main');
const bar = page.getByRole('contentinfo');

test('why a command failed is said until it is dismissed', async () => {
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

test('a training process that ended is said with the run to resume, and may be dismissed', async () => {
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

test('a line that was cut is said, and nothing can be asked of the host meanwhile', async () => {
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

test('a file handed over shows how far it is, and can be cancelled', async () => {
  const { app } = await openWindow({ page: 'data' });
  const cancelUploads = vi.spyOn(app.files, 'cancelUploads');
  app.opening.upload = 0.5;
  const progress = main.getByRole('progressbar');
  await expect.element(progress).toBeVisible();
  expect((progress.element() as HTMLProgressElement).value).toBe(0.5);
  await main.getByRole('button', { name: 'Cancel' }).click();
  expect(cancelUploads).toHaveBeenCalledOnce();
});

test('what was done is said in passing', async () => {
  const { app } = await openWindow({ page: 'data' });
  app.messages.say('The command was copied.');
  await expect.element(main.getByRole('status').getByText('The command was copied.')).toBeVisible();
  await expectAccessible();
});

test('what the system asked to open and is not there is said', async () => {
  const { emit } = await openWindow({ page: 'data' });
  emit({ event: 'refused', error: { code: 'file', message: 'There is no file houses.csv.' } });
  await expect.element(main.getByRole('alert')).toHaveTextContent('There is no file houses.csv.');
});
