import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration } from '../../testing/fakeData.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';

const main = page.getByRole('main');
const panel = page.getByRole('complementary', { name: 'Network settings' });
const drawing = main.getByRole('group', { name: 'Layers from inputs to outputs' });
const hiddenLayers = panel.getByRole('textbox', { name: 'Hidden layers', exact: true });

const openNetwork = (hidden: number[]) => {
  const configuration = fakeConfiguration('diamonds');
  configuration.network.hidden = hidden;
  return openWindow({ page: 'network', configuration });
};

test('before data is chosen there is nothing to draw', async () => {
  await openWindow({ page: 'network', configuration: null });
  await expect.element(main.getByRole('heading', { name: 'No network yet' })).toBeVisible();
  await expectAccessible();
  await main.getByRole('button', { name: 'Choose data' }).click();
  await expect.element(main.getByRole('region', { name: 'Samples' })).toBeVisible();
});

test.each([
  [[], '8-1', '9 parameters'],
  [[64], '8-64-1', '641 parameters'],
  [Array.from({ length: 12 }, () => 16), `8-${'16-'.repeat(12)}1`, '3,153 parameters'],
])('each of the hidden layers %j is drawn, and parameters are counted', async (hidden, sizes, parameters) => {
  await openNetwork(hidden);
  await expect.element(main.getByText(sizes, { exact: true })).toBeVisible();
  await expect.element(main.getByText(parameters)).toBeVisible();
  expect(drawing.getByRole('group', { name: /^Hidden layer/ }).elements()).toHaveLength(hidden.length);
  await expect.element(drawing).toHaveTextContent(/inputs.*price/);
  await expectAccessible();
});

test('the layers can be left to the table, and chosen again', async () => {
  const { app } = await openNetwork([64]);
  await hiddenLayers.fill('auto');
  expect(app.document.current?.network.hidden).toBe('auto');
  await expect.element(main.getByText('8-auto-1', { exact: true })).toBeVisible();
  await expect.element(main.getByText(/chosen for the table when training starts/).first()).toBeVisible();
  await expect.element(drawing).toHaveTextContent(/auto hidden layers/);
  expect(drawing.getByRole('button').elements()).toHaveLength(0);
  await expectAccessible();
  await panel.getByRole('button', { name: /^Small/ }).click();
  expect(app.document.current?.network.hidden).toEqual([64, 64]);
  await panel.getByRole('button', { name: /^Automatic/ }).click();
  expect(app.document.current?.network.hidden).toBe('auto');
});

test('a layer is resized by number, by keys and by pointer', async () => {
  const { app } = await openNetwork([64]);
  const units = drawing.getByRole('textbox', { name: 'Units of layer 1' });
  await units.fill('100');
  await userEvent.tab();
  expect(app.document.current?.network.hidden).toEqual([100]);
  const size = drawing.getByRole('slider', { name: 'Size of layer 1' });
  await expect.element(size).toHaveFocus();
  await userEvent.keyboard('{ArrowUp}');
  await expect.element(size).toHaveAttribute('aria-valuenow', '108');
  const { x, y } = size.element().getBoundingClientRect();
  const pointer = (type: string, clientY: number) =>
    size.element().dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, clientX: x, clientY }));
  vi.spyOn(size.element(), 'setPointerCapture').mockImplementation(() => undefined);
  pointer('pointerdown', y);
  pointer('pointermove', y + 20);
  pointer('lostpointercapture', y + 20);
  pointer('pointermove', y);
  expect(app.document.current?.network.hidden[0]).toBeGreaterThan(500);
});

test('an invalid number of units is not applied, and the reason is shown', async () => {
  const { app } = await openNetwork([64]);
  const units = drawing.getByRole('textbox', { name: 'Units of layer 1' });
  await units.fill('wide');
  await userEvent.tab();
  await expect.element(main.getByRole('status').getByText('“wide” is not a whole number of units.')).toBeVisible();
  await expect.element(units).toHaveValue('64');
  expect(app.document.current?.network.hidden).toEqual([64]);
});

test('layers are added and removed, each with its own activation', async () => {
  const { app } = await openNetwork([64, 32]);
  await userEvent.selectOptions(drawing.getByRole('combobox', { name: 'Activation of layer 2' }), 'tanh');
  expect(app.document.current?.network.activation).toEqual(['relu', 'tanh']);
  await expect
    .element(panel.getByRole('combobox', { name: 'Activation of the hidden layers' }))
    .toHaveDisplayValue('one each');
  await drawing.getByRole('button', { name: 'Add a layer here' }).nth(1).click();
  expect(app.document.current?.network).toMatchObject({ hidden: [64, 64, 32], activation: ['relu', 'relu', 'tanh'] });
  await drawing.getByRole('button', { name: 'Remove layer 3' }).click();
  expect(app.document.current?.network).toMatchObject({ hidden: [64, 64], activation: 'relu' });
});

test('a network with the maximum number of layers takes no other', async () => {
  await openNetwork(Array.from({ length: 64 }, () => 2));
  await expect
    .element(drawing.getByRole('button', { name: 'Add a layer here' }).first())
    .toHaveAccessibleDescription('A network has at most 64 hidden layers.');
});

test('layers are typed as text; a mistake is named and leaves the network as it was', async () => {
  const { app } = await openNetwork([64]);
  await hiddenLayers.fill('32 x 16');
  expect(app.document.current?.network.hidden).toEqual([32, 16]);
  await hiddenLayers.fill('32,wide');
  await expect.element(hiddenLayers).toBeInvalid();
  await expect.element(hiddenLayers).toHaveAccessibleDescription(/“wide” is not a whole number of units\./);
  await expectAccessible();
  await userEvent.tab();
  await expect.element(hiddenLayers).toHaveValue('32,16');
});

test('a preset is one press, and shows whether it is the current one', async () => {
  const { app } = await openNetwork([64]);
  const preset = panel.getByRole('button', { name: /^Deep/ });
  await expect.element(preset).toHaveAttribute('aria-pressed', 'false');
  await preset.click();
  await expect.element(preset).toHaveAttribute('aria-pressed', 'true');
  expect(app.document.current?.network.hidden).toEqual([128, 128, 128, 128]);
});

test('a conflict of network and constraint is shown on both pages', async () => {
  await openWindow({ page: 'network', answers: { check: () => [{ message: 'tanh outputs may be negative.' }] } });
  await expect.element(main.getByRole('note')).toHaveTextContent('tanh outputs may be negative.');
  await expect
    .element(page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: /^Constraint ?, needs/ }))
    .toBeVisible();
});
