import { describe, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import NumberInput from './NumberInput.svelte';

async function field(props: Partial<Parameters<typeof render<typeof NumberInput>>[1]> = {}) {
  const onchange = vi.fn();
  const screen = await render(NumberInput, { label: 'Epochs', value: 20, onchange, ...props });
  return { screen, onchange, input: screen.getByRole('textbox', { name: 'Epochs' }) };
}

test('a number in range is applied while typing; a decimal comma and a true minus sign are accepted', async () => {
  const { input, onchange } = await field({ minimum: -5 });
  await input.fill('1,5');
  expect(onchange).toHaveBeenLastCalledWith(1.5);
  await input.fill('−2');
  expect(onchange).toHaveBeenLastCalledWith(-2);
  await expect.element(input).toBeValid();
});

test('any other text is not applied, shows an error at once, and is removed on blur', async () => {
  const { input, onchange } = await field({ integer: true, minimum: 1, maximum: 100, help: 'Rounds.' });
  await input.fill('many');
  await expect.element(input).toBeInvalid();
  await expect.element(input).toHaveAccessibleDescription('Enter a number. Rounds.');
  await input.fill('2.5');
  await expect.element(input).toHaveAccessibleDescription('Enter a whole number. Rounds.');
  await input.fill('101');
  await expect.element(input).toHaveAccessibleDescription('Must be at most 100. Rounds.');
  await userEvent.tab();
  await expect.element(input).toHaveValue('20');
  await expect.element(input).toBeValid();
  expect(onchange).not.toHaveBeenCalled();
});

test('an empty field means automatic where that is possible, and nothing elsewhere', async () => {
  const onauto = vi.fn();
  const { screen, input, onchange } = await field({ value: 'auto', onauto, integer: true, minimum: 1 });
  await expect.element(input).toHaveValue('');
  await expect.element(input).toHaveAttribute('placeholder', 'automatic');
  await userEvent.tab();
  await userEvent.keyboard('{ArrowUp}');
  expect(onchange).toHaveBeenLastCalledWith(2);
  await screen.rerender({ value: 2 });
  await input.fill('');
  expect(onauto).toHaveBeenCalledOnce();
  await expect.element(input).toBeValid();
  await screen.rerender({ value: 2, onauto: undefined });
  await expect.element(input).toBeInvalid();
});

describe('arrow keys', () => {
  test('step a whole number by one, with Shift by ten, and never out of its range', async () => {
    const { screen, input, onchange } = await field({ integer: true, minimum: 1 });
    await input.click();
    await userEvent.keyboard('{ArrowUp}');
    expect(onchange).toHaveBeenLastCalledWith(21);
    await userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}');
    expect(onchange).toHaveBeenLastCalledWith(10);
    await screen.rerender({ value: 1 });
    onchange.mockClear();
    await userEvent.keyboard('{ArrowDown}');
    expect(onchange).not.toHaveBeenCalled();
  });

  test('step another number by a tenth of its size', async () => {
    const { input, onchange } = await field({ value: 0.003 });
    await input.click();
    await userEvent.keyboard('{ArrowUp}');
    expect(onchange).toHaveBeenLastCalledWith(0.0031);
  });
});

test('with a reason it cannot be changed; a problem of the whole configuration is shown', async () => {
  const { input } = await field({ reason: 'The run is training.', problem: 'Too many.', unit: 'rounds' });
  await expect.element(input).toBeDisabled();
  await expect.element(input).toHaveAccessibleDescription('Too many. The run is training.');
});
