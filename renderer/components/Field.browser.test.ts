import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Field from './Field.svelte';

interface Control {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
  disabled: boolean;
}

const control = createRawSnippet<[Control]>((given) => ({
  render: () => {
    const { id, describedBy, invalid, disabled } = given();
    const description = describedBy === undefined ? '' : `aria-describedby="${describedBy}"`;
    return `<input id="${id}" ${description} aria-invalid="${invalid}" ${disabled ? 'disabled' : ''} />`;
  },
}));

test('its control is named by label and unit, and described by problem, reason and help', async () => {
  const screen = await render(Field, {
    label: 'Learning rate',
    unit: 'per step',
    help: 'More than 0.',
    problem: 'Enter a number.',
    reason: 'Fixed when the run began.',
    control,
  });
  const input = screen.getByRole('textbox', { name: 'Learning rate, per step' });
  await expect.element(input).toHaveAccessibleDescription('Enter a number. Fixed when the run began. More than 0.');
  await expect.element(input).toBeInvalid();
  await expect.element(input).toBeDisabled();
});

test('without any of them it has no description', async () => {
  const screen = await render(Field, { label: 'Name', help: '', control });
  const input = screen.getByLabelText('Name');
  await expect.element(input).toBeEnabled();
  await expect.element(input).toBeValid();
  await expect.element(input).not.toHaveAttribute('aria-describedby');
});
