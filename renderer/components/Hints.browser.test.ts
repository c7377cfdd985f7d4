import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Hints from './Hints.svelte';

test('notes are counted, and read on request', async () => {
  const messages = ['One column is constant.', 'One row was left out.'];
  const screen = await render(Hints, { title: 'this run', messages });
  await expect.element(screen.getByText('One row was left out.')).not.toBeVisible();
  await screen.getByText('2 notes on this run').click();
  await expect.element(screen.getByText('One column is constant.')).toBeVisible();
  expect(screen.getByRole('listitem').elements()).toHaveLength(2);
});

test('one is a note, and without messages nothing is shown', async () => {
  const screen = await render(Hints, { title: 'the engine', messages: ['It is slow.'] });
  await expect.element(screen.getByText('1 note on the engine')).toBeVisible();
  await screen.rerender({ messages: [] });
  await expect.element(screen.getByText(/on the engine/)).not.toBeInTheDocument();
});
