import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration, fakeInspection, fakePreparation, fakeRows } from '../../testing/fakeData.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';

const main = page.getByRole('main');
const panel = page.getByRole('complementary', { name: 'Data settings' });
const grid = main.getByRole('grid', { name: 'Rows of the table' });

/** The cell with the keyboard cursor. */
const activeCell = (): Element | null =>
  document.getElementById(grid.element().getAttribute('aria-activedescendant') ?? '');

test('without data it shows how to start', async () => {
  const { asked } = await openWindow({
    page: 'data',
    configuration: null,
    answers: { chooseFile: () => ({}) },
  });
  await expect.element(main.getByRole('heading', { name: 'No data yet' })).toBeVisible();
  await expectAccessible();
  await main.getByRole('button', { name: 'Open a file' }).click();
  await expect.poll(() => asked('chooseFile')).toEqual([{ kind: 'data' }]);
  await main.getByRole('button', { name: 'Samples' }).click();
  await expect.element(main.getByRole('region', { name: 'Samples' })).toBeVisible();
});

describe('the table', () => {
  test('shows rows and columns, with their roles and warnings', async () => {
    await openWindow({ page: 'data' });
    await expect.element(main.getByText(/^1,000,000 rows × 10 columns, CSV compressed/)).toBeVisible();
    await expect.element(grid).toHaveAttribute('aria-rowcount', '1000001');
    const price = grid.getByRole('columnheader').filter({ hasText: /^price/ });
    await expect.element(price.getByRole('button')).toHaveTextContent('Target');
    await expect.element(grid.getByRole('columnheader').filter({ hasText: /^x/ })).toHaveTextContent(/< 0/);
    await expect.element(grid.getByRole('columnheader').filter({ hasText: /^depth/ })).toHaveTextContent(/missing/);
    const first = grid.getByRole('row').filter({ has: page.getByRole('rowheader', { name: '1', exact: true }) });
    await expect.element(first.getByRole('gridcell').nth(1)).toHaveTextContent('Ideal');
    await expectAccessible();
  });

  test("is navigated by keys, which also set a column's role", async () => {
    const { app } = await openWindow({ page: 'data' });
    await expect.element(grid.getByRole('rowheader').first()).toHaveTextContent('1');
    grid.element().focus();
    await userEvent.keyboard('{ArrowDown}{ArrowRight}');
    expect(activeCell()).toHaveTextContent('Ideal');
    await expect.element(panel.getByRole('heading', { name: 'cut' })).toBeVisible();
    await userEvent.keyboard('{ArrowDown}{ArrowRight}');
    await expect.element(panel.getByRole('heading', { name: 'carat' })).toBeVisible();
    await userEvent.keyboard('x');
    expect(app.document.current?.data.columns.carat?.role).toBe('ignore');
    await userEvent.keyboard('{Control>}{End}{/Control}');
    await expect.poll(() => activeCell()?.closest('[role=row]')).toHaveAttribute('aria-rowindex', '1000001');
  });

  test('of many columns shows the targets first', async () => {
    const inspection = fakeInspection('ink');
    await openWindow({
      page: 'data',
      configuration: fakeConfiguration('ink'),
      answers: { inspect: () => inspection, rows: ({ offset, limit }) => fakeRows(inspection, offset, limit) },
    });
    await expect.element(grid.getByRole('columnheader').nth(0)).toHaveTextContent(/^top_left/);
    await expect.element(grid.getByRole('columnheader').nth(1)).toHaveTextContent(/^bottom_right/);
  });
});

describe('the settings of a column', () => {
  const chooseColumn = async (name: string): Promise<void> => {
    await grid
      .getByRole('columnheader')
      .filter({ hasText: new RegExp(`^${name}`) })
      .click({ position: { x: 4, y: 4 } });
    await expect.element(panel.getByRole('heading', { name, exact: true })).toBeVisible();
  };

  test('describe its content; a histogram is also a table', async () => {
    await openWindow({ page: 'data' });
    await chooseColumn('x');
    await expect.element(panel.getByText('31 %')).toBeVisible();
    await expect.element(panel.getByRole('img', { name: 'Histogram of x' })).toBeVisible();
    await panel.getByRole('button', { name: 'Histogram of x as a table' }).click();
    await expect.element(panel.getByRole('region', { name: 'Histogram of x, figures' })).toHaveTextContent(/40/);
  });

  test('give categories an order, which is moved by buttons', async () => {
    const { app } = await openWindow({ page: 'data' });
    await chooseColumn('cut');
    await expect.element(panel.getByRole('table', { name: 'Most frequent values of cut' })).toHaveTextContent(/Ideal/);
    await panel.getByRole('group', { name: 'Encoding' }).getByText('Ordered').click();
    const order = panel.getByRole('list', { name: 'Categories from lowest to highest' });
    const lowest = order.getByRole('listitem').first();
    const before = app.document.current?.data.columns.cut?.order ?? [];
    await expect.element(lowest).toHaveTextContent(before[0] ?? 'no order');
    await expect
      .element(order.getByRole('button', { name: `${before[0] ?? ''} lower`, exact: true }))
      .toHaveAccessibleDescription('It is the lowest.');
    await order.getByRole('button', { name: `${before[0] ?? ''} higher`, exact: true }).click();
    expect(app.document.current?.data.columns.cut?.order?.slice(0, 2)).toEqual([before[1], before[0]]);
    await expectAccessible();
  });

  test('change its role', async () => {
    const { app } = await openWindow({ page: 'data' });
    await chooseColumn('carat');
    const role = panel.getByRole('group', { name: 'Role of carat' });
    await expect.element(role.getByRole('radio', { name: 'Input' })).toBeChecked();
    await role.getByText('Target').click();
    expect(app.data.targets.map(({ summary }) => summary.name)).toEqual(['price', 'carat']);
  });
});

describe('without a target', () => {
  const untargeted = (type: 'number' | 'category') => {
    const inspection = fakeInspection('diamonds');
    for (const column of inspection.columns) {
      column.suggestedRole = 'input';
      column.type = type;
    }
    return inspection;
  };

  test('one is chosen from a list', async () => {
    const { app } = await openWindow({ page: 'data', answers: { inspect: () => untargeted('number') } });
    const note = main.getByRole('note').filter({ hasText: 'No column is a target yet.' });
    await expect.element(note).toBeVisible();
    await expect
      .element(page.getByRole('contentinfo').getByRole('button', { name: 'Train', exact: true }))
      .toHaveAccessibleDescription('No column is a target: choose one in step 1.');
    await expectAccessible();
    await userEvent.selectOptions(note.getByRole('combobox', { name: 'Predict' }), 'price');
    await expect.element(note).not.toBeInTheDocument();
    expect(app.data.targets.map(({ summary }) => summary.name)).toEqual(['price']);
  });

  test('nor a column of numbers it offers the settings for reading the file', async () => {
    const inspection = { ...untargeted('category'), warnings: [{ message: 'It looks like text.', column: 'x' }] };
    await openWindow({ page: 'data', answers: { inspect: () => inspection } });
    await expect.element(main.getByText(/^No column holds numbers/)).toBeVisible();
    await main.getByRole('note').filter({ hasText: 'It looks like text.' }).getByRole('button').click();
    await expect.element(panel.getByRole('combobox', { name: 'Delimiter' })).toBeVisible();
  });
});

test('rows that are left out, and those of each split, are counted', async () => {
  const preparation = {
    ...fakePreparation(fakeInspection('diamonds')),
    rowsUsed: 979_887,
    dropped: [{ reason: 'without depth', rows: 20_113 }],
  };
  await openWindow({ page: 'data', answers: { prepare: () => preparation } });
  const rows = panel.getByRole('region', { name: 'Rows and split' });
  await expect.element(rows.getByRole('img', { name: /^Rows: training 800000/ })).toBeVisible();
  await expect.element(rows).toHaveTextContent(/979,887 rows of 1,000,000 used/);
  await expect.element(rows.getByRole('listitem').filter({ hasText: '20,113' })).toHaveTextContent(/without depth/);
});

test('the treatment of missing inputs is explained, also the one that was chosen for the table', async () => {
  const preparation = { ...fakePreparation(fakeInspection('diamonds')), missing: 'median-own-category' as const };
  const { app } = await openWindow({ page: 'data', answers: { prepare: () => preparation } });
  const choice = panel.getByRole('combobox', { name: 'Rows with a missing input' });
  await expect.element(choice).toHaveAccessibleDescription('A row with any missing input is left out.');
  await userEvent.selectOptions(choice, 'Automatic');
  expect(app.document.current?.data.missing).toBe('auto');
  await expect
    .element(choice)
    .toHaveAccessibleDescription(/^“Own category, or the median” for this table\. A missing category is a category of/);
  await expectAccessible();
});

test('inputs that form a picture are shown as pictures, page by page', async () => {
  const inspection = fakeInspection('ink');
  await openWindow({
    page: 'data',
    configuration: fakeConfiguration('ink'),
    answers: { inspect: () => inspection, rows: ({ offset, limit }) => fakeRows(inspection, offset, limit) },
  });
  await main.getByRole('tab', { name: 'Pictures' }).click();
  await expect.element(main.getByText(/form a picture of 28 × 28/)).toBeVisible();
  await expect.element(main.getByRole('img', { name: 'Row 1', exact: true })).toBeVisible();
  await expect
    .element(main.getByRole('button', { name: 'Previous' }))
    .toHaveAccessibleDescription('These are the first rows.');
  await expectAccessible();
  await main.getByRole('button', { name: 'Next' }).click();
  await main.getByRole('button', { name: /Show in the table: row 41/ }).click();
  await expect.element(main.getByRole('tab', { name: 'Table', selected: true })).toBeVisible();
  await expect.poll(() => activeCell()?.closest('[role=row]')).toHaveAttribute('aria-rowindex', '42');
});
