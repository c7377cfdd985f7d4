import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import AlignedNumber from './AlignedNumber.svelte';

/** The width of a number printed in a column with digits of equal width. */
async function widthOf(text: string, decimals: number): Promise<number> {
  const { container } = await render(AlignedNumber, { text, decimals });
  container.style.cssText = 'display: inline-block; font-variant-numeric: tabular-nums';
  return container.getBoundingClientRect().width;
}

test('numbers of a column are as wide as with equal decimals', async () => {
  const widest = await widthOf('3.125', 3);
  expect(await widthOf('1.5', 3)).toBeCloseTo(widest, 0);
  expect(await widthOf('2', 3)).toBeCloseTo(widest, 0);
  expect(await widthOf('2', 0)).toBeLessThan(widest);
});

test('padding digits are neither visible nor read by screen readers', async () => {
  const { container } = await render(AlignedNumber, { text: '1.5', decimals: 3 });
  const filling = container.querySelector<HTMLElement>('[aria-hidden=true]');
  expect(filling?.textContent).toBe('00');
  await expect.element(filling).not.toBeVisible();
  expect(container.textContent.replace('00', '')).toBe('1.5');
});

test('text without a number stays unchanged', async () => {
  const { container } = await render(AlignedNumber, { text: 'not a number', decimals: 3 });
  expect(container.textContent).toBe('not a number');
});
