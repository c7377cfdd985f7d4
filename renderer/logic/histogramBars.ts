import type { Histogram } from '../../native/contract/inspection.ts';

/** A column's histogram as bars to draw and to list. */

interface Bar {
  readonly count: number;
  readonly from: number;
  readonly to: number;
  /** Name of a category, which has no edges. */
  readonly label: string | undefined;
  /** Whether the bar's middle is below zero. */
  readonly below: boolean;
}

export const histogramBars = ({ counts, edges, labels }: Histogram): Bar[] =>
  counts.map((count, bar) => {
    const [from = NaN, to = NaN] = edges.slice(bar, bar + 2);
    return { count, from, to, label: labels?.[bar], below: (from + to) / 2 < 0 };
  });

/** Minimum height in percent of a bar that has rows. */
const lowestBar = 3;

/** SVG path of all bars, each one unit wide, with heights in percent of the highest. */
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

/** Position of zero between the edges, in bars; `undefined` if it is outside. */
export function placeOfZero(edges: readonly number[]): number | undefined {
  const after = edges.findIndex((edge) => edge >= 0);
  const [from, to] = [edges[after - 1], edges[after]];
  if (from === undefined || to === undefined) return undefined;
  return after - 1 + -from / (to - from);
}
