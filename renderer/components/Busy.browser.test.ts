import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Busy from './Busy.svelte';

test('it shows the name and the progress of the work, and can be cancelled', async () => {
  const oncancel = vi.fn();
  const screen = await render(Busy, { text: 'Reading the file', share: 0.25, oncancel });
  await expect.element(screen.getByRole('status')).toHaveTextContent('Reading the file …');
  const bar = screen.getByRole('progressbar', { name: 'Reading the file …' });
  expect((bar.element() as HTMLProgressElement).value).toBe(0.25);
  await screen.getByRole('button', { name: 'Cancel' }).click();
  expect(oncancel).toHaveBeenCalledOnce();
});

test('without a known share the progress is indeterminate', async () => {
  const screen = await render(Busy, { text: 'Predicting', oncancel: vi.fn() });
  // A bar without a position is indeterminate.
  expect((screen.getByRole('progressbar').element() as HTMLProgressElement).position).toBe(-1);
});
