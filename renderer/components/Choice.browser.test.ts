import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import Choice from './Choice.svelte';

const props = {
  label: 'Role of price',
  value: 'input',
  options: [
    { value: 'input', label: 'Input' },
    { value: 'target', label: 'Target' },
  ],
};

test('one of several is chosen by pointer and by arrow keys', async () => {
  const onchange = vi.fn();
  const screen = await render(Choice, { ...props, onchange });
  const group = screen.getByRole('group', { name: 'Role of price' });
  await expect.element(group.getByRole('radio', { name: 'Input' })).toBeChecked();
  await group.getByText('Target').click();
  expect(onchange).toHaveBeenLastCalledWith('target');
  await expect.element(group.getByRole('radio', { name: 'Target' })).toHaveFocus();
  await userEvent.keyboard('{ArrowUp}');
  expect(onchange).toHaveBeenLastCalledWith('input');
});

test('two on one page do not choose for each other', async () => {
  const first = await render(Choice, { ...props, onchange: vi.fn() });
  const second = await render(Choice, { ...props, label: 'Role of carat', value: 'target', onchange: vi.fn() });
  await second.getByRole('group', { name: 'Role of carat' }).getByText('Input').click();
  await expect
    .element(first.getByRole('group', { name: 'Role of price' }).getByRole('radio', { name: 'Input' }))
    .toBeChecked();
});

test('with a reason nothing else can be chosen, and the reason is shown', async () => {
  const screen = await render(Choice, { ...props, reason: 'No column holds words.', onchange: vi.fn() });
  const group = screen.getByRole('group', { name: 'Role of price' });
  await expect.element(group).toHaveAccessibleDescription('No column holds words.');
  await expect.element(group.getByRole('radio', { name: 'Target' })).toBeDisabled();
});
