import type { EpochMetrics } from '../../native/contract/results.ts';

/**
 * Figures of a run's epochs, a list for each. While a run trains, the same thousands of epochs are asked for again and
 * again with a few more at their end: only those that are new are looked at.
 */
export class EpochColumns {
  #metrics: readonly EpochMetrics[] = [];
  readonly #columns = new Map<string, unknown[]>();

  /** Takes the epochs that the next columns are to have. */
  follow(metrics: readonly EpochMetrics[]): this {
    const known = this.#metrics;
    if (metrics === known) return this;
    let same = 0;
    while (same < known.length && metrics[same] === known[same]) same += 1;
    for (const column of this.#columns.values()) column.length = Math.min(column.length, same);
    this.#metrics = metrics;
    return this;
  }

  /** @param key - tells the figure from all others that are asked for */
  column<Value>(key: string, figure: (line: EpochMetrics) => Value): Value[] {
    let column = this.#columns.get(key) as Value[] | undefined;
    if (column === undefined) this.#columns.set(key, (column = []));
    for (const line of this.#metrics.slice(column.length)) column.push(figure(line));
    return column.slice();
  }
}

const known = new WeakMap<object, EpochColumns>();

/** The columns of a run's epochs as they are now. */
export function columnsOf(trace: { readonly metrics: readonly EpochMetrics[] }): EpochColumns {
  let columns = known.get(trace);
  if (columns === undefined) known.set(trace, (columns = new EpochColumns()));
  return columns.follow(trace.metrics);
}
