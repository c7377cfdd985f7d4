import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import CurvePicture from './CurvePicture.svelte';

const curve = { title: 'Penalty', xLabel: 'prediction', yLabel: 'added loss', x: [-2, 0, 1], y: [4, 0, 0] };

test('a curve has its title and range as text for screen readers', async () => {
  const screen = await render(CurvePicture, { curve });
  const name = 'Penalty: added loss over prediction, from 0 to 4';
  await expect.element(screen.getByRole('img', { name })).toBeVisible();
  await expect.element(screen.getByText('Penalty, over prediction')).toBeVisible();
});

test('its points are read as a table', async () => {
  const screen = await render(CurvePicture, { curve });
  await screen.getByRole('button', { name: 'Penalty as a table' }).click();
  await expect.element(screen.getByRole('columnheader', { name: 'added loss' })).toBeVisible();
  const rows = screen.getByRole('row').elements().slice(1);
  expect(rows.map((row) => (row as HTMLElement).innerText.split(/\s+/))).toEqual([
    ['−2', '4'],
    ['0', '0'],
    ['1', '0'],
  ]);
});

test('a curve of no height is drawn all the same', async () => {
  const { container } = await render(CurvePicture, { curve: { ...curve, x: [0], y: [0] } });
  expect(container.querySelector('polyline')?.getAttribute('points')).toMatch(/^[\d.]+,[\d.]+$/);
});
