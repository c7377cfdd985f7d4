import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evenly } from './evenly.ts';

const same = (place: number): number => place;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, place) => place);

it('leaves a short list unchanged', () => {
  const items = upTo(100);
  expect(evenly(items, 100, same)).toBe(items);
});

it('keeps first, last and required items, in order', () => {
  const kept = evenly(upTo(1001), 100, same, (item) => item === 333);
  expect(kept[0]).toBe(0);
  expect(kept.at(-1)).toBe(1000);
  expect(kept).toContain(333);
  expect(kept.length).toBeLessThan(55);
  expect(kept.length).toBeGreaterThan(24);
  expect(kept).toEqual([...kept].sort((a, b) => a - b));
});

it('stays even and small for a growing list that is thinned again and again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 60 }), fc.integer({ min: 200, max: 3000 }), (most, count) => {
      let kept: readonly number[] = [];
      for (const place of upTo(count)) kept = evenly([...kept, place], most, same);
      const gaps = kept.slice(1).map((place, index) => place - (kept[index] ?? 0));
      expect(kept.length).toBeLessThanOrEqual(most);
      // Between two thinnings the range at most doubles, so no part of it is emptier than that.
      expect(Math.max(...gaps)).toBeLessThanOrEqual((8 * count) / most + 2);
    }),
  );
});
