/**
 * The items with the lowest values, lowest first and the earlier one of equals, without sorting or keeping the others.
 *
 * @param value - of the item with this number, from 0
 * @param most - how many are wanted
 * @returns numbers of items
 */
export function lowest(count: number, value: (item: number) => number, most: number): number[] {
  // What is no number is not low.
  const rank = (item: number): number => (Number.isNaN(value(item)) ? Infinity : value(item));
  const kept: number[] = [];
  /** An item has to be below it to be among the lowest; none has, before there are enough. */
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
    // Seldom enough for the sorting to cost little for each item, often enough for the list to stay short.
    if (kept.length >= 2 * most) settle();
  }
  settle();
  return kept;
}
