import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Empty from './Empty.svelte';

test('it shows what is missing and what to do next, with a button', async () => {
  const actions = createRawSnippet(() => ({ render: () => '<button>Open a file</button>' }));
  const screen = await render(Empty, { title: 'No data yet', text: 'Open a table.', actions });
  await expect.element(screen.getByRole('heading', { name: 'No data yet', level: 1 })).toBeVisible();
  await expect.element(screen.getByText('Open a table.')).toBeVisible();
  await expect.element(screen.getByRole('button', { name: 'Open a file' })).toBeVisible();
});

test('on a page with its own heading it has a lower level', async () => {
  const screen = await render(Empty, { title: 'Nothing trained yet', text: 'Press Train.', level: 2 });
  await expect.element(screen.getByRole('heading', { name: 'Nothing trained yet', level: 2 })).toBeVisible();
  expect(screen.getByRole('button').elements()).toEqual([]);
});
