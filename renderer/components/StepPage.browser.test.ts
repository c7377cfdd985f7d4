import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import StepPage from './StepPage.svelte';

const children = createRawSnippet<[() => void]>((toSettings) => ({
  render: () => '<div style="height: 2000px"><button>Settings</button></div>',
  setup: (element) => {
    element.querySelector('button')?.addEventListener('click', () => {
      toSettings()();
    });
  },
}));
const settings = createRawSnippet(() => ({
  render: () => '<aside aria-label="Training settings"><p>Text</p><input aria-label="Epochs" /></aside>',
}));

test('its main part has a name, and its settings are beside it', async () => {
  const screen = await render(StepPage, { label: 'Curves', children, settings });
  const main = screen.getByRole('region', { name: 'Curves' });
  const panel = screen.getByRole('complementary', { name: 'Training settings' });
  expect(panel.element().getBoundingClientRect().left).toBeGreaterThanOrEqual(
    main.element().getBoundingClientRect().right,
  );
});

test('in a narrow window the settings are below, and a button goes to the first of them', async () => {
  await page.viewport(500, 860);
  try {
    const screen = await render(StepPage, { label: 'Curves', roomy: true, children, settings });
    const field = screen.getByRole('textbox', { name: 'Epochs' });
    const main = screen.getByRole('region', { name: 'Curves' }).element().getBoundingClientRect();
    expect(field.element().getBoundingClientRect().top).toBeGreaterThanOrEqual(main.bottom);
    await screen.getByRole('button', { name: 'Settings' }).click();
    await expect.element(field).toHaveFocus();
    await expect.element(field).toBeInViewport();
  } finally {
    await page.viewport(1280, 860);
  }
});

test('without settings it has the full width', async () => {
  const screen = await render(StepPage, { label: 'Table', fill: true, children });
  const width = screen.getByRole('region', { name: 'Table' }).element().getBoundingClientRect().width;
  expect(width).toBeCloseTo(screen.container.getBoundingClientRect().width, 0);
  // There are no settings to focus.
  await screen.getByRole('button', { name: 'Settings' }).click();
});
