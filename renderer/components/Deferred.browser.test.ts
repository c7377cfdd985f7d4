import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { renderQueue } from '../logic/frameQueue.ts';
import { unmade } from '../testing/accessible.ts';
import Deferred from './Deferred.svelte';
import SettingsPanel from './SettingsPanel.svelte';

const part = (text: string) => createRawSnippet(() => ({ render: () => `<p>${text}</p>` }));

test('a part of a page waits in the queue, with a placeholder meanwhile', async () => {
  const ask = vi.spyOn(renderQueue, 'add').mockImplementation(() => undefined);
  const screen = await render(Deferred, { children: part('A table') });
  await expect.element(screen.getByText('A table')).not.toBeInTheDocument();
  expect(screen.container.querySelector(unmade)).not.toBeNull();
  const turn = ask.mock.calls[0]?.[1];
  turn?.();
  await expect.element(screen.getByText('A table')).toBeVisible();
  expect(screen.container.querySelector(unmade)).toBeNull();
  ask.mockRestore();
});

test('a part destroyed before its turn is not rendered', async () => {
  const forget = vi.spyOn(renderQueue, 'remove');
  const ask = vi.spyOn(renderQueue, 'add');
  const screen = await render(Deferred, { children: part('A chart') });
  const owner = ask.mock.calls[0]?.[0];
  await screen.unmount();
  expect(forget).toHaveBeenCalledWith(owner);
});

test('settings are a part of the page with their own name, rendered from the queue', async () => {
  const screen = await render(SettingsPanel, { label: 'Data settings', children: part('Rows and split') });
  const panel = screen.getByRole('complementary', { name: 'Data settings' });
  await expect.element(panel.getByText('Rows and split')).toBeVisible();
});
