import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import Button from './Button.svelte';

test('a button does its work when it is pressed, by pointer and by key', async () => {
  const onclick = vi.fn();
  const screen = await render(Button, { label: 'Train', onclick });
  const button = screen.getByRole('button', { name: 'Train' });
  await button.click();
  await userEvent.keyboard('{Enter} ');
  expect(onclick).toHaveBeenCalledTimes(3);
});

test('with a reason it does nothing, shows the reason, and keeps the focus', async () => {
  const onclick = vi.fn();
  const screen = await render(Button, { label: 'Pause', onclick, keys: 'Ctrl P' });
  const button = screen.getByRole('button', { name: 'Pause' });
  button.element().focus();
  await screen.rerender({ reason: 'No run is training.' });
  await expect.element(button).toHaveFocus();
  await expect.element(button).toHaveAttribute('aria-disabled', 'true');
  await expect.element(button).toHaveAccessibleDescription('No run is training.');
  await userEvent.keyboard('{Enter}');
  await button.click({ force: true });
  expect(onclick).not.toHaveBeenCalled();
  await screen.rerender({ reason: undefined });
  await expect.element(button).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  expect(onclick).toHaveBeenCalledOnce();
});

test('one with an icon only has its label as its name', async () => {
  const children = createRawSnippet(() => ({ render: () => '<svg aria-hidden="true"></svg>' }));
  const screen = await render(Button, { label: 'Undo', icon: true, pressed: true, onclick: vi.fn(), children });
  const button = screen.getByRole('button', { name: 'Undo', pressed: true });
  await expect.element(button).toHaveTextContent('');
  await screen.rerender({ icon: false, pressed: false });
  await expect.element(screen.getByRole('button', { name: 'Undo', pressed: false })).toHaveTextContent('Undo');
});
