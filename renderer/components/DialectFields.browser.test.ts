import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { describeConfiguration } from '../../native/contract/describeSettings.ts';
import DialectFields from './DialectFields.svelte';

const settings = describeConfiguration().filter(({ path }) => path.startsWith('data.dialect.'));

test('an absent setting is as found, until it is chosen', async () => {
  const onchange = vi.fn();
  const screen = await render(DialectFields, { settings, dialect: { header: true }, onchange });
  const delimiter = screen.getByRole('combobox', { name: 'Delimiter' });
  await expect.element(delimiter).toHaveDisplayValue('As found');
  await userEvent.selectOptions(delimiter, 'Semicolon');
  expect(onchange).toHaveBeenCalledExactlyOnceWith({ delimiter: ';' });
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'First line names the columns' }), 'No');
  expect(onchange).toHaveBeenLastCalledWith({ header: false });
});

test('a given setting cannot be as found again; an unusual delimiter is an option, too', async () => {
  const screen = await render(DialectFields, {
    settings,
    dialect: { delimiter: '#', encoding: 'latin-1' },
    onchange: vi.fn(),
  });
  const delimiter = screen.getByRole('combobox', { name: 'Delimiter' });
  await expect.element(delimiter).toHaveDisplayValue('#');
  await expect.element(delimiter.getByRole('option', { name: 'As found' })).not.toBeInTheDocument();
  await expect.element(screen.getByRole('combobox', { name: 'Characters' })).toHaveDisplayValue('Latin-1');
});
