import type uPlot from 'uplot';
import { roundTicks } from './ticks.ts';

/** Ranges and labels of the vertical axes. */

/** Range of the axis: includes zero, with space above, and below if a value is negative. */
export const valueRange = (_: uPlot, low: number | null, high: number | null): [number, number] => {
  if (low === null || high === null) return [0, 1];
  const from = Math.min(low, 0);
  const to = Math.max(high, 0);
  const room = (to - from) * 0.06 || 0.05;
  return [from === 0 && low >= 0 ? 0 : from - room, to + room];
};

/** Range of a logarithmic axis: fits the curves instead of whole decades. */
export const logRange = (_: uPlot, low: number | null, high: number | null): [number, number] =>
  low === null || high === null ? [0.1, 1] : [low / 1.25, high * 1.25];

/** Below this factor between the ends, steps of equal width are used instead of decades. */
const smallSpan = 5;

/**
 * Ticks of a logarithmic axis: 1 to 9 of each visible decade, or round numbers at equal distances over a small span.
 * uPlot's own function requires a power of ten as the lowest value: from 0.096 it steps over 0.1, rounds to 0, and
 * never ends.
 */
export const logSplits = (_: uPlot, _axis: number, low: number, high: number): number[] => {
  if (high / low < smallSpan) return roundTicks(low, high, 5);
  const splits: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++) {
    for (let mantissa = 1; mantissa <= 9; mantissa++) {
      const value = Number(`${mantissa}e${decade}`);
      if (value >= low && value <= high) splits.push(value);
    }
  }
  return splits;
};

/** Labels 1, 2 and 5 of each decade over a narrow range, else only 1; all ticks over a small span. */
export const roundValues = (plot: uPlot, splits: number[]): (number | null)[] => {
  const { min = 1, max = 10 } = plot.scales.y ?? {};
  if (max / min < smallSpan) return splits;
  const narrow = Math.log10(max / min) < 2;
  return splits.map((value) => {
    const mantissa = Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
    return mantissa === 1 || (narrow && (mantissa === 2 || mantissa === 5)) ? value : null;
  });
};
