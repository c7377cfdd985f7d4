/**
 * Thins a list of measurements for a view of limited size: of too many items a quarter to a half of the allowed number
 * remain, evenly spaced over their range, no matter how often they were thinned before.
 *
 * @param items - in rising order of `place`
 * @param most - the allowed number; up to this, all items remain
 * @param keep - items that must remain; the first and the last always do
 */
export function evenly<Item>(
  items: readonly Item[],
  most: number,
  place: (item: Item) => number,
  keep: (item: Item) => boolean = () => false,
): readonly Item[] {
  const [first, last] = [items[0], items.at(-1)];
  if (items.length <= most || first === undefined || last === undefined) return items;
  // A power of two: each cell of an earlier thinning lies within one cell of a later one, so that none stays empty.
  const spacing = 2 ** Math.ceil(Math.log2((2 * (place(last) - place(first))) / most));
  let cell = NaN;
  return items.filter((item) => {
    const own = Math.floor(place(item) / spacing);
    if (own === cell && item !== last) return keep(item);
    cell = own;
    return true;
  });
}

/** Epochs of a long run for a view of limited size; the best snapshot's epoch remains. */
export function fewEpochs<Metrics extends { readonly epoch: number; readonly best: boolean }>(
  metrics: readonly Metrics[],
  most: number,
): readonly Metrics[] {
  const best = metrics.findLast((line) => line.best);
  return evenly(
    metrics,
    most,
    ({ epoch }) => epoch,
    (line) => line === best,
  );
}
