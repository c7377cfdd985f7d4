/**
 * Finds the items with the lowest values, lowest first and equal ones in their order, without sorting or keeping the
 * others.
 *
 * @param value - value of the item with this index, from 0
 * @param most - most items to return
 * @returns indices of the items
 */
export function lowest(count: number, value: (item: number) => number, most: number): number[] {
  // NaN counts as the highest value.
  const rank = (item: number): number => (Number.isNaN(value(item)) ? Infinity : value(item));
  const kept: number[] = [];
  /** Only an item below this value can be among the lowest; undefined until enough items are known. */
  let bound: number | undefined;
  const settle = (): void => {
    kept.sort((first, second) => rank(first) - rank(second) || first - second);
    kept.length = Math.min(kept.length, most);
    const last = kept[most - 1];
    if (last !== undefined) bound = rank(last);
  };
  for (let item = 0; item < count; item++) {
    if (bound !== undefined && !(rank(item) < bound)) continue;
    kept.push(item);
    // Sort rarely, so that it costs little per item, but often enough to keep the list short.
    if (kept.length >= 2 * most) settle();
  }
  settle();
  return kept;
}
