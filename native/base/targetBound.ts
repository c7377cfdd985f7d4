import { figureBelow } from './figures.ts';

/**
 * Whether a target's value is below its bound as training compares them: scaled, in float32. Rounding keeps order, so no
 * value at the bound falls below it.
 *
 * @param scale - scale of the target, by which both are divided
 */
export const isBelowBound = (value: number, bound: number, scale: number): boolean =>
  Math.fround(value / scale) < Math.fround(bound / scale);

/** A bound with few significant digits, close to the lowest value of a target and not above it. */
export function keptBound(lowest: number, scale: number, digits = 4): number {
  const nearest = Number(lowest.toPrecision(digits));
  return isBelowBound(lowest, nearest, scale) ? Number(figureBelow(lowest, digits)) : nearest;
}
