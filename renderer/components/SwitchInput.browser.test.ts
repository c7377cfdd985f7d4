import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import SwitchInput from './SwitchInput.svelte';

test('it is switched by pointer, by its label and by Space', async () => {
  const onchange = vi.fn();
  const screen = await render(SwitchInput, { label: 'Early stopping', value: false, onchange });
  const control = screen.getByRole('switch', { name: 'Early stopping' });
  await expect.element(control).not.toBeChecked();
  await control.click();
  expect(onchange).toHaveBeenLastCalledWith(true);
  await screen.rerender({ value: true });
  await expect.element(control).toBeChecked();
  await userEvent.keyboard(' ');
  expect(onchange).toHaveBeenLastCalledWith(false);
  onchange.mockClear();
  await screen.getByText('Early stopping').click();
  expect(onchange).toHaveBeenCalledOnce();
});

test('with a reason it cannot be switched', async () => {
  const props = { label: 'Shuffle', value: true, help: 'Each epoch anew.', reason: 'The run is training.' };
  const screen = await render(SwitchInput, { ...props, onchange: vi.fn() });
  const control = screen.getByRole('switch', { name: 'Shuffle' });
  await expect.element(control).toBeDisabled();
  await expect.element(control).toHaveAccessibleDescription('The run is training. Each epoch anew.');
});
