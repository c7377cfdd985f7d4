import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import SelectInput from './SelectInput.svelte';

const options = [
  { value: 'adam', label: 'Adam' },
  { value: 'sgd', label: 'Gradient descent' },
  { value: 'gpu', label: 'Card', reason: 'no card here' },
];

test('an option is chosen by its label, and given by its value', async () => {
  const onchange = vi.fn();
  const screen = await render(SelectInput, { label: 'Optimizer', value: 'adam', options, help: 'Steps.', onchange });
  const select = screen.getByRole('combobox', { name: 'Optimizer' });
  await expect.element(select).toHaveDisplayValue('Adam');
  await expect.element(select).toHaveAccessibleDescription('Steps.');
  await userEvent.selectOptions(select, 'Gradient descent');
  expect(onchange).toHaveBeenCalledExactlyOnceWith('sgd');
});

test('an option that cannot be chosen shows the reason', async () => {
  const screen = await render(SelectInput, { label: 'Device', value: 'adam', options, onchange: vi.fn() });
  await expect.element(screen.getByRole('option', { name: 'Card (no card here)' })).toBeDisabled();
  await expect.element(screen.getByRole('option', { name: 'Gradient descent' })).toBeEnabled();
});

test('with a reason it cannot be changed', async () => {
  const reason = 'Fixed when the run began.';
  const screen = await render(SelectInput, { label: 'Loss', value: 'sgd', options, reason, onchange: vi.fn() });
  const select = screen.getByRole('combobox', { name: 'Loss' });
  await expect.element(select).toBeDisabled();
  await expect.element(select).toHaveAccessibleDescription(reason);
});
