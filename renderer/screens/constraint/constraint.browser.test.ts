import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { constraintMethods } from '../../../native/constraints/registry.ts';
import { OrthantError } from '../../../native/contract/errors.ts';
import { automaticMethod, groupedByPromise } from '../../../native/contract/methodDescriptor.ts';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration, fakeInspection, fakePreparation } from '../../testing/fakeData.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';

const main = page.getByRole('main');
const panel = page.getByRole('complementary', { name: 'Constraint settings' });
const methods = main.getByRole('group', { name: 'Method' });

test('before data is chosen there is nothing to constrain', async () => {
  await openWindow({ page: 'constraint', configuration: null });
  await expect.element(main.getByRole('heading', { name: 'Nothing to constrain yet' })).toBeVisible();
  await expect.element(main.getByRole('button', { name: 'Choose data' })).toBeVisible();
});

test('every method has a card; the current one is chosen and in view', async () => {
  await openWindow({ page: 'constraint' });
  await expect.element(methods.getByRole('radio', { name: 'Augmented Lagrangian' })).toBeChecked();
  await expect.element(methods.getByRole('radio', { name: 'Augmented Lagrangian' })).toBeInViewport();
  await expectAccessible();
  // The first one leaves the choice to the table.
  expect(methods.getByRole('radio').elements()).toHaveLength(1 + constraintMethods.length);
});

test('the method can be left to the table, which needs no settings', async () => {
  const { app } = await openWindow({ page: 'constraint' });
  const automatic = methods.getByRole('radio', { name: 'Automatic' });
  await automatic.click();
  await expect.element(automatic).toBeChecked();
  await expect.element(automatic).toHaveAccessibleDescription(/chosen for the table when training starts/);
  expect(app.document.current?.constraint.method).toEqual({ id: 'auto', settings: {} });
  await expect.element(panel.getByRole('region', { name: 'Augmented Lagrangian' })).not.toBeInTheDocument();
  await expect.element(page.getByRole('navigation', { name: 'Steps' })).toHaveTextContent('≥ 0, Automatic');
  await expectAccessible();
});

test('the automatic choice is recommended and first; methods follow under what they promise, strongest first', async () => {
  await openWindow({ page: 'constraint' });
  const first = methods.getByRole('radio').first();
  await expect.element(first).toHaveAccessibleName('Automatic');
  await expect.element(first).toHaveAccessibleDescription(`Recommended ${automaticMethod.summary}`);
  const groups = [
    ['For every input', ['Non-negative last layer', 'Output transform', 'Positive parameters']],
    [
      'On the training rows',
      ['Augmented Lagrangian', 'Projected dual ascent', 'Slacks and Lagrange multipliers', 'Quadratic penalty'],
    ],
    ['No promise', ['No constraint']],
  ] as const;
  expect(
    methods
      .getByRole('heading', { level: 2 })
      .elements()
      .map(({ textContent }) => textContent),
  ).toEqual(['Automatic', ...groups.map(([title]) => title)]);
  for (const [title, names] of groups) {
    const group = methods.getByRole('group', { name: title, exact: true });
    await expect.element(group).toHaveAccessibleDescription(/(below|its bound)/);
    const cards = group.getByRole('radio');
    for (const [index, name] of names.entries()) await expect.element(cards.nth(index)).toHaveAccessibleName(name);
    expect(cards.elements()).toHaveLength(names.length);
  }
});

test('the arrow keys lead from group to group', async () => {
  const { app } = await openWindow({ page: 'constraint' });
  const first = methods.getByRole('radio', { name: 'Automatic' });
  await expect.element(methods.getByRole('radio', { name: 'No constraint' })).toBeVisible();
  await first.click();
  const shown = groupedByPromise(constraintMethods).flatMap((group) => group.methods);
  for (const { id } of shown) {
    await userEvent.keyboard('{ArrowDown}');
    expect(app.document.current?.constraint.method.id).toBe(id);
  }
});

describe.each(constraintMethods.map((method) => [method.title, method] as const))('the card of %s', (title, method) => {
  test('shows its promise and its formula; chosen, its settings are beside it', async () => {
    const { app } = await openWindow({ page: 'constraint' });
    const choice = methods.getByRole('radio', { name: title, exact: true });
    await expect.element(choice).toHaveAccessibleDescription(method.promiseText);
    const card = main.getByRole('heading', { name: title, exact: true, level: 3 }).first();
    await expect.element(card).toBeVisible();
    const label = card.element().closest('label');
    expect(label).toHaveTextContent(method.promiseText);
    expect(label?.querySelector('math')).not.toBeNull();
    await choice.click();
    await expect.element(choice).toBeChecked();
    expect(app.document.current?.constraint.method.id).toBe(method.id);
    const settings = panel.getByRole('region', { name: title, exact: true });
    await expect.element(settings).toBeVisible();
    for (const precondition of method.preconditions) await expect.element(settings).toHaveTextContent(precondition);
  });
});

test('settings of a method are kept while others are chosen, and reset on request', async () => {
  const { app } = await openWindow({ page: 'constraint' });
  await methods.getByRole('radio', { name: 'Quadratic penalty' }).click();
  const settings = panel.getByRole('region', { name: 'Quadratic penalty' });
  const back = settings.getByRole('button', { name: 'Back to the defaults' });
  await expect.element(back).toHaveAccessibleDescription('Every setting has its default.');
  await settings.getByRole('textbox').first().fill('7');
  await methods.getByRole('radio', { name: 'No constraint' }).click();
  await expect.element(panel.getByText('It has no settings.')).toBeVisible();
  await methods.getByRole('radio', { name: 'Quadratic penalty' }).click();
  expect(Object.values(app.document.current?.constraint.method.settings ?? {})).toEqual([7]);
  await expect.element(back).not.toHaveAttribute('aria-disabled');
  back.element().focus();
  await userEvent.keyboard('{Enter}');
  expect(app.document.current?.constraint.method.settings).toEqual({});
  // It keeps the focus when it says why it cannot be used any more.
  await expect.element(back).toHaveAccessibleDescription('Every setting has its default.');
  await expect.element(back).toHaveFocus();
});

test('a setting that does not fit shows the error at its field', async () => {
  const penalty = constraintMethods.find(({ id }) => id === 'penalty');
  const [name] = Object.keys(penalty?.settings.shape ?? {});
  const configuration = fakeConfiguration('diamonds');
  configuration.constraint.method = { id: penalty?.id ?? '', settings: {} };
  const refuse = (): never => {
    throw new OrthantError('configuration', 'It is too large.', { field: `constraint.method.settings.${name ?? ''}` });
  };
  await openWindow({ page: 'constraint', configuration, answers: { check: refuse } });
  await expect
    .element(
      panel
        .getByRole('region', { name: penalty?.title ?? '' })
        .getByRole('textbox')
        .first(),
    )
    .toHaveAccessibleDescription(/^It is too large\./);
});

describe('the bound', () => {
  const bound = panel.getByRole('region', { name: 'Bound' });

  test('is a number in the units of the target, with its range in the help', async () => {
    const { app } = await openWindow({ page: 'constraint' });
    const field = bound.getByRole('textbox', { name: 'Every output at least' });
    await expect.element(field).toHaveAccessibleDescription(/In the data: 0.to.18,823/);
    await field.fill('0,5');
    expect(app.document.current?.constraint.epsilon).toBe(0.5);
  });

  test('that the data break is lowered on request', async () => {
    const configuration = fakeConfiguration('diamonds');
    configuration.constraint.epsilon = 10;
    const { app } = await openWindow({ page: 'constraint', configuration });
    const alert = bound.getByRole('alert');
    await expect.element(alert).toHaveTextContent(/price/);
    await expectAccessible();
    await alert.getByRole('button', { name: /^Lower it to 0/ }).click();
    await expect.element(alert).not.toBeInTheDocument();
    expect(app.document.current?.constraint.epsilon).toBe(0);
  });

  test('of several targets may be one each', async () => {
    const inspection = fakeInspection('ink');
    const { app } = await openWindow({
      page: 'constraint',
      configuration: fakeConfiguration('ink'),
      answers: { inspect: () => inspection, prepare: () => fakePreparation(inspection) },
    });
    await bound.getByRole('switch', { name: 'One bound each' }).click();
    await bound.getByRole('textbox', { name: 'bottom_right at least' }).fill('-1');
    expect(app.document.current?.constraint.epsilon).toEqual({ top_left: 0, bottom_right: -1 });
    await bound.getByRole('switch', { name: 'One bound each' }).click();
    expect(app.document.current?.constraint.epsilon).toBe(-1);
  });
});

test('reasons against exp are shown on request, with alternative methods', async () => {
  const { app } = await openWindow({ page: 'constraint' });
  const use = main.getByRole('button', { name: 'Use the non-negative last layer' });
  await main.getByText('Why not just exp?').click();
  await expect.element(main.getByRole('table', { name: /^Price of diamonds/ })).toBeVisible();
  await expectAccessible();
  use.element().focus();
  await userEvent.keyboard('{Enter}');
  expect(app.document.current?.constraint.method.id).toBe('non-negative-last-layer');
});
