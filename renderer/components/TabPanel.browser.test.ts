import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import TwoTabs from '../testing/TwoTabs.svelte';

test("a tab's content is created when it is first selected, and kept afterwards", async () => {
  const screen = await render(TwoTabs, {});
  const notes = screen.getByText('Nothing odd.');
  await expect.element(notes).not.toBeInTheDocument();
  await screen.getByRole('textbox', { name: 'Search' }).fill('carat');
  await screen.getByRole('tab', { name: 'Notes' }).click();
  await expect.element(notes).toBeVisible();
  await expect.element(screen.getByLabelText('Search')).not.toBeVisible();
  await screen.getByRole('tab', { name: 'Table' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Search' })).toHaveValue('carat');
  await expect.element(notes).not.toBeVisible();
});

test('tabs are selected by arrow keys, and a panel has the name of its tab', async () => {
  const screen = await render(TwoTabs, {});
  await expect.element(screen.getByRole('tabpanel', { name: 'Table' })).toBeVisible();
  await userEvent.tab();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(screen.getByRole('tab', { name: 'Notes', selected: true })).toHaveFocus();
  await expect.element(screen.getByRole('tabpanel', { name: 'Notes' })).toBeVisible();
});
