import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import FiguresButton from './FiguresButton.svelte';
import FiguresTable from './FiguresTable.svelte';
import WithFigures from './WithFigures.svelte';

const children = createRawSnippet(() => ({ render: () => '<svg role="img" aria-label="A picture"></svg>' }));
const header = ['epoch', 'loss'];
const rows = [
  [1, 0.5],
  [2, null],
  ['last', 1234.5678],
] as const;

test('a picture can be replaced by its table and restored', async () => {
  const screen = await render(WithFigures, { title: 'Loss', header, rows, children });
  const picture = screen.getByRole('img', { name: 'A picture' });
  await expect.element(picture).toBeVisible();
  await screen.getByRole('button', { name: 'Loss as a table', pressed: false }).click();
  await expect.element(screen.getByRole('region', { name: 'Loss, figures' }).getByRole('table')).toBeVisible();
  await expect.element(picture).not.toBeInTheDocument();
  await screen.getByRole('button', { name: 'Loss as a table', pressed: true }).click();
  await expect.element(picture).toBeVisible();
});

test('the button shows whether the figures are listed, and toggles them', async () => {
  const ontoggle = vi.fn();
  const screen = await render(FiguresButton, { title: 'Loss', listed: true, ontoggle });
  await screen.getByRole('button', { name: 'Loss as a table', pressed: true }).click();
  expect(ontoggle).toHaveBeenCalledOnce();
});

test('the table has a head for each column, formatted numbers, and gaps', async () => {
  const screen = await render(FiguresTable, { label: 'Loss', header, rows });
  const heads = screen.getByRole('columnheader').elements();
  expect(heads.map(({ textContent }) => textContent)).toEqual(header);
  const cells = screen.getByRole('cell').elements();
  expect(cells.map((cell) => (cell as HTMLElement).innerText.trim())).toEqual(['1', '0.5', '2', '', 'last', '1,234.6']);
});

test('the table scrolls, and is reachable by keyboard', async () => {
  const many = Array.from({ length: 200 }, (_, index) => [index, index / 7]);
  const screen = await render(FiguresTable, { label: 'Loss', header, rows: many, digits: 3 });
  await userEvent.tab();
  const region = screen.getByRole('region', { name: 'Loss, figures' });
  await expect.element(region).toHaveFocus();
  await userEvent.keyboard('{End}');
  await expect.poll(() => region.element().scrollTop).toBeGreaterThan(0);
});
