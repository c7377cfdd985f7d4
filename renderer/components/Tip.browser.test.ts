import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import Button from './Button.svelte';
import Tip from './Tip.svelte';

const children = createRawSnippet(() => ({ render: () => '<svg aria-hidden="true"></svg>' }));
const tip = (text: string) =>
  page
    .getByRole('tooltip')
    .getByText(text)
    .or(page.getByText(text, { exact: true }));

async function twoButtons() {
  await render(Tip, {});
  const undo = { label: 'Undo', icon: true, keys: 'Ctrl Z', onclick: vi.fn(), children };
  return { undo: await render(Button, undo), help: await render(Button, { ...undo, label: 'Help', keys: 'F1' }) };
}

test('an icon shows its name and keys on keyboard focus; Escape hides them', async () => {
  await twoButtons();
  await userEvent.tab();
  await expect.element(tip('Undo (Ctrl Z)')).toBeVisible();
  await userEvent.tab();
  await expect.element(tip('Help (F1)')).toBeVisible();
  await expect.element(tip('Undo (Ctrl Z)')).not.toBeInTheDocument();
  await userEvent.keyboard('{Escape}');
  await expect.element(tip('Help (F1)')).not.toBeInTheDocument();
});

test('it also opens by pointer, shows why a button cannot be used, and disappears with its button', async () => {
  const { undo } = await twoButtons();
  await undo.rerender({ reason: 'Nothing to undo.' });
  await page.getByRole('button', { name: 'Undo' }).hover();
  await expect.element(tip('Undo Nothing to undo. (Ctrl Z)')).toBeVisible();
  await undo.unmount();
  await expect.element(tip('Undo Nothing to undo. (Ctrl Z)')).not.toBeInTheDocument();
});
