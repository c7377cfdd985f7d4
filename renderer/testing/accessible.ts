import axe from 'axe-core';
import { expect } from 'vitest';

/** What holds the place of a part of the page that is not made yet. */
export const unmade = '.deferred';

/** Waits until every part of the page is rendered and all animations have ended. */
export async function settled(): Promise<void> {
  await expect.poll(() => document.querySelector(unmade)).toBeNull();
  // Transitions of hidden elements do not run until the elements are visible.
  const seen = document.getAnimations().filter(({ effect }) => {
    const target = effect instanceof KeyframeEffect ? effect.target : null;
    return target === null || target.checkVisibility();
  });
  await Promise.all(seen.map((animation) => animation.finished.catch(() => 0)));
}

/** Expects that axe finds no accessibility problem on the page. */
export async function expectAccessible(): Promise<void> {
  await settled();
  const { violations } = await axe.run(document);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))).toEqual([]);
}
