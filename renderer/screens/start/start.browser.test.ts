import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../../testing/accessible.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';
import { summaryOf } from '../../testing/testedApp.ts';

const main = page.getByRole('main');

test('a first visit offers a file, samples and the forum question', async () => {
  await openWindow({ configuration: null });
  await expect.element(main.getByRole('heading', { level: 1 })).toHaveTextContent(/outputs stay positive/);
  const samples = main.getByRole('region', { name: 'Samples' });
  await expect.element(samples.getByRole('button', { name: /Prices of diamonds/ })).toHaveTextContent(/10,000 rows/);
  expect(
    main
      .getByRole('region', { name: /Can I guide the weights/ })
      .getByRole('button')
      .elements(),
  ).toHaveLength(4);
  await expect.element(main.getByRole('region', { name: 'Recent' })).toHaveTextContent(/are listed here/);
  await expectAccessible();
});

test('a sample is taken with its recommended configuration', async () => {
  const { app, asked } = await openWindow({ configuration: null });
  await main.getByRole('button', { name: /Prices of diamonds/ }).click();
  await expect.element(main.getByRole('heading', { name: 'diamonds', level: 1 })).toBeVisible();
  expect(asked('sampleConfiguration')).toEqual([{ id: 'diamonds' }]);
  expect(app.document.current?.data.source).toEqual({ kind: 'sample', id: 'diamonds' });
});

test('an answer to the question leads to training with its method', async () => {
  const { app } = await openWindow({ configuration: null });
  await main.getByRole('button', { name: /exp on the output/ }).click();
  await expect.element(main.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
  expect(app.document.current?.constraint.method).toEqual({ id: 'output-transform', settings: { transform: 'exp' } });
});

test('recent files and runs are opened again; a missing file can be removed', async () => {
  const file = (name: string, exists: boolean) => ({
    path: `/work/${name}`,
    name,
    kind: 'data' as const,
    opened: new Date().toISOString(),
    exists,
  });
  let files = [file('houses.csv', true), file('gone.csv', false)];
  const { asked, app } = await openWindow({
    configuration: null,
    answers: {
      recentFiles: () => files,
      forgetFile: ({ path }) => {
        files = files.filter((known) => known.path !== path);
        return {};
      },
      runs: () => [summaryOf('/runs/1', 'stopped', 2)],
    },
  });
  const recent = main.getByRole('region', { name: 'Recent' });
  await expect.element(recent.getByRole('button', { name: /^gone\.csv/ })).toBeDisabled();
  await expectAccessible();
  await recent.getByRole('button', { name: 'Forget' }).click();
  await expect.element(recent.getByRole('button', { name: /^gone\.csv/ })).not.toBeInTheDocument();
  await recent.getByRole('button', { name: /stopped/ }).click();
  await expect.poll(() => asked('runRecord')).toEqual([{ run: '/runs/1' }]);
  app.go('start');
  await recent.getByRole('button', { name: /^houses\.csv/ }).click();
  await expect.element(main.getByRole('heading', { name: 'houses.csv', level: 1 })).toBeVisible();
});

test('with a current configuration the page leads back to it, or opens another file', async () => {
  const { asked } = await openWindow({ page: 'start', answers: { chooseFile: () => ({ path: '/work/houses.csv' }) } });
  await expect.element(main.getByRole('button', { name: 'Back to diamonds' })).toBeVisible();
  await main.getByRole('button', { name: /^Open a data file/ }).click();
  await expect.element(main.getByRole('heading', { name: 'houses.csv', level: 1 })).toBeVisible();
  expect(asked('chooseFile')).toEqual([{ kind: 'data' }]);
});
