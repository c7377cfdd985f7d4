import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { z } from 'zod';
import { automatic } from '../../native/contract/describedSetting.ts';
import { describeSettings } from '../../native/contract/describeSettings.ts';
import SettingControl from './SettingControl.svelte';

/** The control of a setting of this schema. */
async function control(schema: z.ZodType, props: { reason?: string; problem?: string } = {}) {
  const [setting] = describeSettings(z.strictObject({ alpha: schema }));
  if (setting === undefined) throw new Error('The setting is not described.');
  const onchange = vi.fn();
  const screen = await render(SettingControl, { setting, value: undefined, ranged: true, onchange, ...props });
  return { screen, onchange };
}

const title = 'Alpha';

test('a number has its default, its range and its help', async () => {
  const number = z.number().positive().max(10).default(2).meta({ title, unit: 's', description: 'The weight' });
  const { screen, onchange } = await control(number, { problem: 'It is too small.' });
  const input = screen.getByRole('textbox', { name: 'Alpha, s' });
  await expect.element(input).toHaveValue('2');
  await expect
    .element(input)
    .toHaveAccessibleDescription('It is too small. The weight. More than 0, up to 10; default 2.');
  await input.fill('0');
  await expect.element(input).toBeInvalid();
  await input.fill('3');
  expect(onchange).toHaveBeenCalledExactlyOnceWith(3);
});

test('a number that can be automatic is so until it is given', async () => {
  const { screen, onchange } = await control(automatic(z.int().min(1)).meta({ title, description: 'Passes' }));
  const input = screen.getByRole('textbox', { name: 'Alpha' });
  await expect.element(input).toHaveValue('');
  await expect
    .element(input)
    .toHaveAccessibleDescription('Passes Empty: chosen for the table. 1 or more; default automatic.');
  await input.fill('5');
  expect(onchange).toHaveBeenLastCalledWith(5);
  await screen.rerender({ value: 5 });
  await input.fill('');
  expect(onchange).toHaveBeenLastCalledWith('auto');
  await screen.rerender({ value: 5, automatic: false });
  await expect.element(input).toBeInvalid();
});

test('a choice, a switch and a text each have their own control', async () => {
  const choice = await control(z.enum(['exp', 'softplus']).default('exp').meta({ title }));
  await userEvent.selectOptions(choice.screen.getByRole('combobox', { name: 'Alpha' }), 'softplus');
  expect(choice.onchange).toHaveBeenCalledExactlyOnceWith('softplus');
  await choice.screen.unmount();
  const toggle = await control(z.boolean().default(true).meta({ title }));
  await toggle.screen.getByRole('switch', { name: 'Alpha' }).click();
  expect(toggle.onchange).toHaveBeenCalledExactlyOnceWith(false);
  await toggle.screen.unmount();
  const text = await control(z.string().default('a').meta({ title }));
  await text.screen.getByRole('textbox', { name: 'Alpha' }).fill('b');
  await userEvent.tab();
  expect(text.onchange).toHaveBeenCalledExactlyOnceWith('b');
});

test('with a reason it cannot be changed', async () => {
  const { screen } = await control(z.enum(['exp', 'relu']).default('relu').meta({ title }), {
    reason: 'Fixed when the run began.',
  });
  const select = screen.getByRole('combobox', { name: 'Alpha' });
  await expect.element(select).toBeDisabled();
  await expect.element(select).toHaveAccessibleDescription('Fixed when the run began.');
});
