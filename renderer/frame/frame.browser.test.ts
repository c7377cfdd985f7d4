import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { OrthantError } from '../../native/contract/errors.ts';
import { expectAccessible } from '../testing/accessible.ts';
import { fakeConfiguration, fakeDoctor } from '../testing/fakeData.ts';
import { openWindow } from '../testing/openTestedWindow.ts';
import { summaryOf } from '../testing/testedApp.ts';

const steps = page.getByRole('navigation', { name: 'Steps' });
const header = page.getByRole('banner');
const bar = page.getByRole('contentinfo');
const menu = header.getByRole('button', { name: /^Configuration:/ });

describe('the frame around every page', () => {
  test('shows the first step at the start', async () => {
    await openWindow({ configuration: null });
    await expect.element(steps.getByRole('button', { name: /^Data/ })).toHaveAccessibleName(/choose a file/);
    await expect.element(menu).toHaveAccessibleName('Configuration: No configuration');
    await expect.element(header.getByRole('status')).toHaveTextContent('TensorFlow 2.21 · CPU 2 cores');
    const train = bar.getByRole('button', { name: 'Train', exact: true });
    await expect.element(train).toHaveAccessibleDescription('Choose data first.');
    await expect.element(bar.getByRole('button', { name: 'Pause' })).toHaveAccessibleDescription('No run is training.');
    await expectAccessible();
  });

  test('leads through the steps, with each in a line', async () => {
    await openWindow({ page: 'network' });
    await expect.element(steps.getByRole('button', { name: /^Data ?, ready/ })).toHaveAccessibleName(/1,000,000 × 10/);
    const network = steps.getByRole('button', { name: /^Network ?, ready/ });
    await expect.element(network).toHaveAccessibleName(/64-64-1/);
    await expect.element(network).toHaveAttribute('aria-current', 'step');
    await steps.getByRole('button', { name: /^Constraint/ }).click();
    await expect.element(page.getByRole('heading', { name: 'Constraint', level: 1 })).toBeVisible();
    await userEvent.keyboard('{Alt>}4{/Alt}');
    await expect.element(page.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
  });

  test('shows which step needs attention, and why no run can start', async () => {
    const refuse = (): never => {
      throw new OrthantError('configuration', 'Too many units.', { field: 'network.hidden' });
    };
    await openWindow({ answers: { check: refuse }, page: 'network' });
    await expect.element(steps.getByRole('button', { name: /^Network ?, needs attention/ })).toBeVisible();
    await expect.element(page.getByRole('main').getByRole('alert')).toHaveTextContent('Too many units.');
    await expect
      .element(bar.getByRole('button', { name: 'Train', exact: true }))
      .toHaveAccessibleDescription(/see the network step/);
  });

  test('lists the runs trained last, and opens one', async () => {
    const { asked } = await openWindow({ answers: { runs: () => [summaryOf('/runs/1', 'interrupted', 2)] } });
    await steps.getByRole('button', { name: /interrupted/ }).click();
    await expect.element(page.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
    expect(asked('runRecord')).toEqual([{ run: '/runs/1' }]);
  });
});

describe('the menu of the configuration', () => {
  test('opens, saves and copies it; by keyboard, too', async () => {
    const answers = { chooseOutput: () => ({ path: '/work/my.orthant' }), writeDocument: () => ({}) };
    const { asked } = await openWindow({ answers, page: 'network' });
    menu.element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('menuitem', { name: /^Start screen/ })).toHaveFocus();
    await expectAccessible();
    await page.getByRole('menuitem', { name: /^Save the configuration Ctrl/ }).click();
    await expect.element(page.getByText(/was saved: \/work\/my\.orthant/)).toBeVisible();
    const [written] = asked('writeDocument') as { path: string; text: string }[];
    expect(written?.path).toBe('/work/my.orthant');
    expect(JSON.parse(written?.text ?? '')).toMatchObject({ network: { hidden: [64, 64] } });
  });

  test('shows why an entry cannot be used, and does nothing then', async () => {
    const { asked } = await openWindow({ configuration: null });
    await menu.click();
    const save = page.getByRole('menuitem', { name: /^Save the configuration Choose/ });
    await expect.element(save).toHaveAttribute('aria-disabled', 'true');
    await save.click({ force: true });
    await expect
      .element(page.getByRole('menuitem', { name: /^Copy the configuration Choose data first/ }))
      .toBeVisible();
    expect(asked('chooseOutput')).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await expect.element(save).not.toBeInTheDocument();
    await expect.element(menu).toHaveFocus();
  });
});

test('what was changed is undone and redone, with its name on the button', async () => {
  await openWindow({ page: 'network' });
  await page.getByRole('button', { name: 'Remove layer 2' }).click();
  await expect.element(page.getByText('9-64-1').or(page.getByText('8-64-1')).first()).toBeVisible();
  await header.getByRole('button', { name: 'Undo: remove a layer' }).click();
  await expect.element(page.getByRole('group', { name: 'Hidden layer 2' })).toBeVisible();
  await header.getByRole('button', { name: 'Redo: remove a layer' }).click();
  await expect.element(page.getByRole('group', { name: 'Hidden layer 2' })).not.toBeInTheDocument();
});

describe('the dialog', () => {
  test('help explains evidence and keys, and leads outside', async () => {
    const { asked } = await openWindow({ answers: { openExternal: () => ({}) } });
    await userEvent.keyboard('{F1}');
    const help = page.getByRole('dialog', { name: 'Help' });
    await expect.element(help.getByText('by construction', { exact: true })).toBeVisible();
    await expect.element(help.getByText('One epoch')).toBeVisible();
    await expectAccessible();
    await help.getByRole('button', { name: /Netron/ }).click();
    expect(asked('openExternal')).toEqual([{ link: 'netron' }]);
    await userEvent.keyboard('{Escape}');
    await expect.element(help).not.toBeInTheDocument();
  });

  test('of the engine shows what trains and what is missing', async () => {
    const missing = [{ what: 'A card', effect: 'training takes longer', command: 'orthant doctor' }];
    await openWindow({ answers: { doctor: () => ({ ...fakeDoctor(), missing, warnings: ['Little memory.'] }) } });
    await header.getByRole('button', { name: /details of the engine/ }).click();
    const dialog = page.getByRole('dialog', { name: 'The engine' });
    await expect.element(dialog.getByText('There is no card.')).toBeVisible();
    await expect.element(dialog.getByText('training takes longer')).toBeVisible();
    await expect.element(dialog.getByRole('button', { name: 'Copy the command' })).toBeVisible();
    await expect.element(dialog.getByText('1 note on the engine')).toBeVisible();
    await expectAccessible();
  });

  test('of an engine that cannot be used shows the reason', async () => {
    const refuse = (): never => {
      throw new OrthantError('engine', 'TensorFlow could not be loaded.');
    };
    await openWindow({ answers: { doctor: refuse } });
    await header.getByRole('button', { name: /^No training engine/ }).click();
    await expect
      .element(page.getByRole('dialog').getByRole('alert'))
      .toHaveTextContent('TensorFlow could not be loaded.');
  });

  test('for a pasted document accepts a valid one, and shows the error of another', async () => {
    const { app } = await openWindow({ configuration: null });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Paste a configuration' }).click();
    const dialog = page.getByRole('dialog', { name: 'Paste a configuration document' });
    const use = dialog.getByRole('button', { name: 'Use this configuration' });
    await expect.element(use).toHaveAccessibleDescription('Paste the text first.');
    await dialog.getByRole('textbox').fill('{ "network": { "hidden": "64" } }');
    await use.click();
    await expect.element(dialog.getByRole('alert')).toHaveTextContent(/hidden/);
    await expectAccessible();
    await dialog.getByRole('textbox').fill(JSON.stringify(fakeConfiguration('diamonds')));
    await use.click();
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(page.getByRole('heading', { name: 'diamonds', level: 1 })).toBeVisible();
    expect(app.document.current?.network.hidden).toEqual([64, 64]);
  });
});

test('a tip comes by pointer and by keyboard, and goes by Escape and with its button', async () => {
  const { app } = await openWindow({ page: 'network' });
  const tip = (): string | undefined => document.querySelector('.tip')?.textContent.trim();
  const button = (name: string | RegExp) => header.getByRole('button', { name });
  await button(/^Undo/).hover();
  await expect.poll(tip).toMatch(/^Undo.*Ctrl.*Z/);
  await button(/^Redo/).hover();
  await expect.poll(tip).toMatch(/^Redo/);
  await userEvent.keyboard('{Escape}');
  await expect.poll(tip).toBeUndefined();
  // The focus is shown to have come by the keyboard.
  button(/^Redo/).element().focus();
  await userEvent.tab();
  await userEvent.tab();
  await expect.element(button('Help')).toHaveFocus();
  await expect.poll(tip).toMatch(/^Help/);
  await userEvent.tab({ shift: true });
  await expect.poll(tip).toBeUndefined();
  await page.getByRole('button', { name: 'Add a layer here' }).first().hover();
  await expect.poll(tip).toBe('Add a layer here');
  await userEvent.keyboard('{Alt>}4{/Alt}');
  await expect.poll(tip).toBeUndefined();
  expect(app.view.page).toBe('train');
});

test('a file dropped on the window is opened as data', async () => {
  const { asked } = await openWindow({ configuration: null });
  const files = new DataTransfer();
  files.items.add(new File(['a,b'], 'houses.csv'));
  const drag = { bubbles: true, cancelable: true, dataTransfer: files };
  document.body.dispatchEvent(new DragEvent('dragover', drag));
  await expect.element(page.getByText(/^Drop a data file/)).toBeVisible();
  document.body.dispatchEvent(new DragEvent('drop', drag));
  await expect.element(page.getByRole('heading', { name: 'houses.csv', level: 1 })).toBeVisible();
  await expect.element(page.getByText(/^Drop a data file/)).not.toBeInTheDocument();
  await expect.poll(() => asked('rememberFile')).toEqual([{ path: '/dropped/houses.csv', kind: 'data' }]);
});
