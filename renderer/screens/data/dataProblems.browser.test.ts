import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { OrthantError } from '../../../native/contract/errors.ts';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration, fakeInspection } from '../../testing/fakeData.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';

/** The Data page while a file is read, or if it cannot be read. */

const main = page.getByRole('main');
const panel = page.getByRole('complementary', { name: 'Data settings' });
const withBadRows = fakeInspection('diamonds', '/work/diamonds.csv');

function configuration() {
  const own = fakeConfiguration('diamonds');
  own.data.source = { kind: 'file', path: '/work/diamonds.csv' };
  return own;
}

test('reading a file can be cancelled and tried again', async () => {
  let calls = 0;
  await openWindow({
    page: 'data',
    answers: {
      inspect: () => {
        calls += 1;
        return calls === 1 ? new Promise<never>(() => undefined) : fakeInspection('diamonds');
      },
    },
  });
  await expect.element(main.getByRole('progressbar', { name: /^Reading the file/ })).toBeVisible();
  await expectAccessible();
  await main.getByRole('button', { name: 'Cancel' }).click();
  await expect.element(main.getByRole('alert')).toHaveTextContent(/you cancelled it/);
  await main.getByRole('button', { name: 'Try again' }).click();
  await expect.element(main.getByRole('grid')).toBeVisible();
});

test('a file with bad rows is refused, each row is explained, and it can be opened without them', async () => {
  const { app } = await openWindow({
    page: 'data',
    configuration: configuration(),
    answers: {
      inspect: ({ skipBadRows }) => {
        if (skipBadRows) return withBadRows;
        throw new OrthantError('data', '3 rows of /work/diamonds.csv cannot be read.');
      },
    },
  });
  const alert = main.getByRole('alert');
  // The message names only the file, because the user knows its folder.
  await expect.element(alert).toHaveTextContent('3 rows of diamonds.csv cannot be read.');
  const shown = main.getByRole('region', { name: 'Line 812, column depth' });
  await expect.element(shown).toHaveTextContent(/has the text "n\/a\?" in the number column/);
  await expect.element(shown.getByText('n/a?', { exact: true })).toBeVisible();
  await expect
    .element(shown.getByRole('button', { name: 'Previous' }))
    .toHaveAccessibleDescription('This is the first one.');
  await expectAccessible();
  await shown.getByRole('button', { name: 'Next' }).click();
  await expect.element(main.getByRole('region', { name: 'Line 4007' })).toHaveTextContent(/Add the 2 fields/);
  await main.getByRole('button', { name: '4007' }).click();
  await userEvent.keyboard('{End}');
  await expect.element(main.getByRole('button', { name: '31415' })).toHaveFocus();
  await expect.element(main.getByRole('region', { name: 'Line 31415' })).toBeVisible();
  // Other dialect settings may help.
  await expect.element(panel.getByRole('combobox', { name: 'Delimiter' })).toBeVisible();

  await alert.getByRole('button', { name: /without these rows/ }).click();
  await expect.element(main.getByRole('grid')).toBeVisible();
  expect(app.document.current?.data.skipBadRows).toBe(true);
  await main.getByRole('tab', { name: 'Problems (3)' }).click();
  await expect.element(main.getByText(/^3 rows of the file cannot be read and are left out/)).toBeVisible();
  await main.getByRole('button', { name: 'Show the column' }).click();
  await expect.element(panel.getByRole('heading', { name: 'depth' })).toBeVisible();
});

test("a file missing at the configuration's path can be located", async () => {
  const { app, asked } = await openWindow({
    page: 'data',
    configuration: configuration(),
    answers: {
      chooseFile: () => ({ path: '/elsewhere/diamonds.csv' }),
      inspect: ({ source }) => {
        if (source.kind === 'file' && source.path.startsWith('/elsewhere')) return fakeInspection('diamonds');
        throw new OrthantError('file', 'There is no file /work/diamonds.csv.');
      },
    },
  });
  await expect.element(main.getByRole('alert')).toHaveTextContent('There is no file diamonds.csv.');
  await main.getByRole('button', { name: 'Locate the file' }).click();
  await expect.element(main.getByRole('grid')).toBeVisible();
  expect(asked('chooseFile')).toEqual([{ kind: 'data' }]);
  expect(app.document.current?.data.source).toEqual({ kind: 'file', path: '/elsewhere/diamonds.csv' });
});

test('warnings about a file are listed, and open their columns', async () => {
  await openWindow({
    page: 'data',
    answers: {
      inspect: () => ({
        ...fakeInspection('diamonds'),
        warnings: [
          { message: 'It is constant.', column: 'table' },
          { message: 'It is gone.', column: 'absent' },
        ],
      }),
    },
  });
  await main.getByRole('tab', { name: 'Notes (2)' }).click();
  await expect
    .element(main.getByRole('button', { name: 'absent' }))
    .toHaveAccessibleDescription('The table is without this column.');
  await expectAccessible();
  await main.getByRole('button', { name: 'table', exact: true }).click();
  await expect.element(panel.getByRole('heading', { name: 'table' })).toBeVisible();
});

test('a file without warnings is reported as such', async () => {
  await openWindow({ page: 'data' });
  await main.getByRole('tab', { name: 'Notes (0)' }).click();
  await expect.element(main.getByText(/^Every row of the file was read/)).toBeVisible();
});

test('why the data is not ready for training is shown above the table', async () => {
  const refuse = (): never => {
    throw new OrthantError('data', 'The column price has gaps.');
  };
  await openWindow({ page: 'data', answers: { prepare: refuse } });
  await expect.element(main.getByRole('alert')).toHaveTextContent('The column price has gaps.');
  await expect.element(main.getByRole('grid')).toBeVisible();
  await expect
    .element(page.getByRole('contentinfo').getByRole('button', { name: 'Train', exact: true }))
    .toHaveAccessibleDescription('The data is not ready for training: see step 1.');
});

test('a changed dialect reads the file again', async () => {
  const { asked } = await openWindow({ page: 'data' });
  await panel.getByText('How the file is read').click();
  await userEvent.selectOptions(panel.getByRole('combobox', { name: 'Delimiter' }), 'Semicolon');
  await expect.poll(() => asked('inspect').at(-1)).toMatchObject({ dialect: { delimiter: ';' } });
});
