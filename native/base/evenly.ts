/**
 * Thins what is measured at rising places, for a view that cannot show more: of too many points a quarter to a
 * half of those that may be there stay, evenly spaced over their range however often they have been thinned before.
 *
 * @param items - in rising order of `place`
 * @param most - how many may be there; up to this, all stay
 * @param keep - what must stay; the first and the last do
 */
export function evenly<Item>(
  items: readonly Item[],
  most: number,
  place: (item: Item) => number,
  keep: (item: Item) => boolean = () => false,
): readonly Item[] {
  const [first, last] = [items[0], items.at(-1)];
  if (items.length <= most || first === undefined || last === undefined) return items;
  // A power of two: of the cells of an earlier thinning each lies within one of a later one, so that none stays empty.
  const spacing = 2 ** Math.ceil(Math.log2((2 * (place(last) - place(first))) / most));
  let cell = NaN;
  return items.filter((item) => {
    const own = Math.floor(place(item) / spacing);
    if (own === cell && item !== last) return keep(item);
    cell = own;
    return true;
  });
}

/** Epochs of a long run for a view that cannot show more; the best snapshot's epoch stays. */
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
