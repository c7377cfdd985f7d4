import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Empty from './Empty.svelte';

test('it says what is not there yet, what comes next, and offers it', async () => {
  const actions = createRawSnippet(() => ({ render: () => '<button>Open a file</button>' }));
  const screen = await render(Empty, { title: 'No data yet', text: 'Open a table.', actions });
  await expect.element(screen.getByRole('heading', { name: 'No data yet', level: 1 })).toBeVisible();
  await expect.element(screen.getByText('Open a table.')).toBeVisible();
  await expect.element(screen.getByRole('button', { name: 'Open a file' })).toBeVisible();
});

test('on a page with a heading of its own it stands below that', async () => {
  const screen = await render(Empty, { title: 'Nothing trained yet', text: 'Press Train.', level: 2 });
  await expect.element(screen.getByRole('heading', { name: 'Nothing trained yet', level: 2 })).toBeVisible();
  expect(screen.getByRole('button').elements()).toEqual([]);
});
