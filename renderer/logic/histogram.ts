import type { Histogram } from '../../native/contract/table.ts';

/** A column's histogram as bars to draw and to list. */

interface Bar {
  readonly count: number;
  readonly from: number;
  readonly to: number;
  /** Of categories, which have no edges. */
  readonly label: string | undefined;
  /** Whether its middle is below zero. */
  readonly below: boolean;
}

export const histogramBars = ({ counts, edges, labels }: Histogram): Bar[] =>
  counts.map((count, bar) => {
    const [from = NaN, to = NaN] = edges.slice(bar, bar + 2);
    return { count, from, to, label: labels?.[bar], below: (from + to) / 2 < 0 };
  });

/** A bar of any rows is as high as this at least, in percent. */
const lowestBar = 3;

/** Bars one unit wide with a gap between them, in percent of the highest, as one SVG path: a column has two dozen. */
export function barsPath(bars: readonly Bar[], belongs: (bar: Bar) => boolean): string {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return bars
    .flatMap((bar, place) => {
      if (bar.count === 0 || !belongs(bar)) return [];
      const height = Math.max(lowestBar, (bar.count / most) * 100);
      return [`M${(place + 0.06).toFixed(2)} 100v${(-height).toFixed(2)}h.88v${height.toFixed(2)}z`];
    })
    .join('');
}

/** Where zero stands between the edges, counted in bars; `undefined` where it is at neither side of any. */
export function placeOfZero(edges: readonly number[]): number | undefined {
  const after = edges.findIndex((edge) => edge >= 0);
  const [from, to] = [edges[after - 1], edges[after]];
  if (from === undefined || to === undefined) return undefined;
  return after - 1 + -from / (to - from);
}
