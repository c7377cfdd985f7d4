import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../testing/accessible.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { answersOfRun, fakeRun } from '../testing/fakeTraining.ts';
import { openWindow } from '../testing/openTestedWindow.ts';

/** Charts on their pages: reading by keys and pointer, tables, and exports. */

const main = page.getByRole('main');
const zoomOut = main.getByRole('button', { name: 'Zoom out' });
const chart = (title: string) => {
  const figure = main.getByRole('figure', { name: title });
  return { figure, plot: figure.getByRole('application'), status: figure.getByRole('status') };
};
const worst = chart('Worst output');
const strip = chart('Outputs of price around zero');

async function openCurves() {
  const configuration = fakeConfiguration('diamonds');
  const opened = await openWindow({
    page: 'train',
    configuration,
    shown: fakeRun,
    answers: answersOfRun(configuration, 'finished', 6),
  });
  await expect.element(strip.plot).toBeVisible();
  return opened;
}

test('curves are read epoch by epoch by keys, in all charts at once', async () => {
  await openCurves();
  await expect.element(strip.figure).toHaveTextContent(/epoch 6/);
  worst.plot.element().focus();
  await userEvent.keyboard('{Home}{ArrowRight}');
  await expect.element(worst.status).toHaveTextContent(/^epoch 1.*price: /);
  await expect.element(strip.figure).toHaveTextContent(/epoch 1.*rows below zero/);
  await userEvent.keyboard('{Escape}');
  await expect.element(worst.status).toHaveTextContent('');
  await expect.element(strip.figure).toHaveTextContent(/epoch 6/);
});

test('by keys and buttons the charts zoom together; the pointer reads where it is', async () => {
  await openCurves();
  await expect.element(zoomOut).toHaveAccessibleDescription('All epochs are in view.');
  worst.plot.element().focus();
  await userEvent.keyboard('+');
  await expect.element(zoomOut).not.toHaveAttribute('aria-disabled');
  await main.getByRole('button', { name: 'Show all epochs' }).click();
  await expect.element(zoomOut).toHaveAttribute('aria-disabled', 'true');
  await main.getByRole('button', { name: 'Zoom in' }).click();
  await zoomOut.click();
  await expect.element(zoomOut).toHaveAttribute('aria-disabled', 'true');
  await strip.plot.hover({ position: { x: 150, y: 40 } });
  await expect.element(strip.plot).toHaveTextContent(/epoch \d/);
});

test('a chart has its last values as text for screen readers, and is a table on request', async () => {
  await openCurves();
  await expect.element(strip.figure).toHaveTextContent(/Training rows, epoch 6: /);
  await worst.figure.getByRole('button', { name: 'Worst output as a table' }).click();
  const table = worst.figure.getByRole('region', { name: 'Worst output, figures' });
  await expect.element(table.getByRole('columnheader').first()).toHaveTextContent('epoch');
  expect(table.getByRole('row').elements()).toHaveLength(7);
  await expect.element(worst.plot).not.toBeInTheDocument();
  await expectAccessible();
});

test('it is exported as a table and as a picture', async () => {
  await openCurves();
  const taken: { name: string; type: string }[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    taken.push({ name: this.download, type: this.href.slice(0, 5) });
  });
  await worst.figure.getByRole('button', { name: 'Worst output as CSV' }).click();
  await strip.figure.getByRole('button', { name: /as PNG$/ }).click();
  await expect
    .poll(() => taken.map(({ name }) => name))
    .toEqual([expect.stringMatching(/\.csv$/), expect.stringMatching(/\.png$/)]);
  vi.restoreAllMocks();
});

test('points of predictions are selected by keys, and open their rows', async () => {
  const configuration = fakeConfiguration('diamonds');
  await openWindow({
    page: 'result',
    configuration,
    shown: fakeRun,
    answers: answersOfRun(configuration, 'finished', 2),
  });
  const scatter = chart('price, predicted against true');
  await expect.element(scatter.figure).toHaveTextContent(/3 rows.*1 below zero/);
  scatter.plot.element().focus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(scatter.status).toHaveTextContent('row 1: true 1, predicted −0.5');
  await userEvent.keyboard('{ArrowRight}{Enter}');
  await expect.element(main.getByRole('grid', { name: 'Rows of the table' })).toBeVisible();
});
