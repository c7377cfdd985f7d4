import axe from 'axe-core';
import { expect } from 'vitest';

/** What holds the place of a part of the page that is not made yet. */
export const unmade = '.deferred';

/** Waits until every part of the page was made and nothing moves any more. */
export async function settled(): Promise<void> {
  await expect.poll(() => document.querySelector(unmade)).toBeNull();
  // A transition of what is folded away waits to be seen.
  const seen = document.getAnimations().filter(({ effect }) => {
    const target = effect instanceof KeyframeEffect ? effect.target : null;
    return target === null || target.checkVisibility();
  });
  await Promise.all(seen.map((animation) => animation.finished.catch(() => 0)));
}

/** Nothing on the page is in the way of a screen reader, of keys or of weak eyes, as far as axe sees it. */
export async function expectAccessible(): Promise<void> {
  await settled();
  const { violations } = await axe.run(document);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))).toEqual([]);
}
