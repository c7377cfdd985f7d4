import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import Dialog from './Dialog.svelte';

const children = createRawSnippet(() => ({ render: () => '<input aria-label="Name" />' }));

test('open, it has its title as its name and keeps the focus inside', async () => {
  const screen = await render(Dialog, { title: 'Help', open: true, onclose: vi.fn(), children });
  const dialog = page.getByRole('dialog', { name: 'Help' });
  await expect.element(dialog.getByRole('heading', { level: 1 })).toHaveTextContent('Help');
  for (let presses = 0; presses < 3; presses += 1) {
    await userEvent.tab();
    expect(dialog.element().contains(document.activeElement)).toBe(true);
  }
  await screen.rerender({ open: false });
  await expect.element(dialog).not.toBeInTheDocument();
});

test.each([
  ['its button', () => page.getByRole('button', { name: 'Close' }).click()],
  ['Escape', () => userEvent.keyboard('{Escape}')],
])('it is closed by %s', async (_, close) => {
  const onclose = vi.fn();
  await render(Dialog, { title: 'The engine', open: true, onclose, children });
  await expect.element(page.getByRole('textbox', { name: 'Name' })).toBeVisible();
  await close();
  await expect.poll(() => onclose).toHaveBeenCalledOnce();
});
