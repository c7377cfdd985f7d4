import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { settingFields } from '../logic/forms.ts';
import SettingControl from './SettingControl.svelte';

/** The control of a setting that its JSON Schema describes so. */
async function control(property: Record<string, unknown>, props: { reason?: string; problem?: string } = {}) {
  const [field] = settingFields({ type: 'object', properties: { alpha: { title: 'Alpha', ...property } } });
  if (field === undefined) throw new Error('The setting has no field.');
  const onchange = vi.fn();
  const screen = await render(SettingControl, { field, settings: {}, onchange, ...props });
  return { screen, onchange };
}

test('a number has its default, its range and its help', async () => {
  const number = { type: 'number', default: 2, exclusiveMinimum: 0, maximum: 10, unit: 's', description: 'The weight' };
  const { screen, onchange } = await control(number, { problem: 'It is too small.' });
  const input = screen.getByRole('textbox', { name: 'Alpha, s' });
  await expect.element(input).toHaveValue('2');
  await expect
    .element(input)
    .toHaveAccessibleDescription('It is too small. The weight. More than 0, up to 10; default 2.');
  await input.fill('0');
  await expect.element(input).toBeInvalid();
  await input.fill('3');
  expect(onchange).toHaveBeenCalledExactlyOnceWith('alpha', 3);
});

test('a choice, a switch and a text each have a control of their own', async () => {
  const choice = await control({ enum: ['exp', 'softplus'], default: 'exp' });
  await userEvent.selectOptions(choice.screen.getByRole('combobox', { name: 'Alpha' }), 'softplus');
  expect(choice.onchange).toHaveBeenCalledExactlyOnceWith('alpha', 'softplus');
  await choice.screen.unmount();
  const toggle = await control({ type: 'boolean', default: true });
  await toggle.screen.getByRole('switch', { name: 'Alpha' }).click();
  expect(toggle.onchange).toHaveBeenCalledExactlyOnceWith('alpha', false);
  await toggle.screen.unmount();
  const text = await control({ type: 'string', default: 'a' });
  await text.screen.getByRole('textbox', { name: 'Alpha' }).fill('b');
  await userEvent.tab();
  expect(text.onchange).toHaveBeenCalledExactlyOnceWith('alpha', 'b');
});

test('with a reason it cannot be changed', async () => {
  const { screen } = await control({ enum: ['exp', 'relu'], default: 'relu' }, { reason: 'Fixed when the run began.' });
  const select = screen.getByRole('combobox', { name: 'Alpha' });
  await expect.element(select).toBeDisabled();
  await expect.element(select).toHaveAccessibleDescription('Fixed when the run began.');
});
