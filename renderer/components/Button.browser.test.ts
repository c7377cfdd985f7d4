import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Button from './Button.svelte';

test('a button does its work when it is pressed', async () => {
  const onclick = vi.fn();
  const screen = await render(Button, { label: 'Train', onclick });
  await screen.getByRole('button', { name: 'Train' }).click();
  expect(onclick).toHaveBeenCalledOnce();
});
