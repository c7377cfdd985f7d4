import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import Formula from './Formula.svelte';
import { mathOf } from './mathMl.ts';

const formulas = (container: HTMLElement): Element[] => [...container.querySelectorAll('math')];

test('LaTeX is shown as mathematics; parts between wide spaces may be on separate lines', async () => {
  const { container } = await render(Formula, { latex: String.raw`y \ge \varepsilon \qquad \lambda \ge 0` });
  expect(formulas(container).map((math) => math.textContent)).toEqual(['y≥ε', 'λ≥0']);
});

test('another formula replaces it', async () => {
  const screen = await render(Formula, { latex: 'a + b' });
  await screen.rerender({ latex: 'c' });
  await expect.poll(() => formulas(screen.container).map((math) => math.textContent)).toEqual(['c']);
});

test('one that is too wide scrolls, and is reached by keyboard only then', async () => {
  const screen = await render(Formula, { latex: Array.from({ length: 60 }, () => 'x').join(' + ') });
  const box = screen.container.querySelector<HTMLElement>('.formula');
  screen.container.style.width = '10rem';
  await expect.element(box).toHaveAttribute('tabindex', '0');
  await userEvent.tab();
  await expect.element(box).toHaveFocus();
  screen.container.style.width = '200rem';
  await expect.element(box).not.toHaveAttribute('tabindex');
});

test('the same formula may appear in several places; invalid LaTeX is shown as text', () => {
  const [first, second] = [mathOf('x^2'), mathOf('x^2')];
  expect(first).not.toBe(second);
  expect(first.textContent).toBe(second.textContent);
  expect(mathOf(String.raw`\frac{`).textContent).toContain(String.raw`\frac{`);
});
