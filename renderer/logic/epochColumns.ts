import type { EpochMetrics } from '../../native/contract/results.ts';

/**
 * Columns of figures over a run's epochs. During training the same thousands of epochs are requested again with a few
 * more at the end, so only new epochs are computed.
 */
export class EpochColumns {
  #metrics: readonly EpochMetrics[] = [];
  readonly #columns = new Map<string, unknown[]>();

  /** Sets the epochs of the next columns. */
  follow(metrics: readonly EpochMetrics[]): this {
    const known = this.#metrics;
    if (metrics === known) return this;
    let same = 0;
    while (same < known.length && metrics[same] === known[same]) same += 1;
    for (const column of this.#columns.values()) column.length = Math.min(column.length, same);
    this.#metrics = metrics;
    return this;
  }

  /** @param key - unique name of the figure */
  column<Value>(key: string, figure: (line: EpochMetrics) => Value): Value[] {
    let column = this.#columns.get(key) as Value[] | undefined;
    if (column === undefined) this.#columns.set(key, (column = []));
    for (const line of this.#metrics.slice(column.length)) column.push(figure(line));
    return column.slice();
  }
}

const known = new WeakMap<object, EpochColumns>();

/** The columns of a run's current epochs. */
export function columnsOf(trace: { readonly metrics: readonly EpochMetrics[] }): EpochColumns {
  let columns = known.get(trace);
  if (columns === undefined) known.set(trace, (columns = new EpochColumns()));
  return columns.follow(trace.metrics);
}
