import { limits } from '../../native/contract/limits.ts';

/** Conversion between a layer's units and its drawn height. */

const least = 30;
const perDoubling = 12.5;
export const tallest = least + perDoubling * 16;

/** Height in pixels; each doubling of the units adds the same amount. */
export const heightOfUnits = (units: number): number =>
  Math.min(tallest, least + perDoubling * Math.log2(Math.max(1, units)));

/** The units for a height in pixels, rounded. */
export function unitsOfHeight(height: number): number {
  const units = 2 ** ((Math.min(tallest, Math.max(least, height)) - least) / perDoubling);
  const step = units <= 16 ? 1 : units <= 128 ? 8 : units <= 1024 ? 16 : 128;
  return Math.max(1, Math.round(units / step) * step);
}

/** The next round size up or down, for the keyboard. */
export function steppedUnits(units: number, direction: 1 | -1, far: boolean): number {
  const step = far ? Math.max(1, Math.round(units / 2)) : units < 16 ? 1 : units < 128 ? 8 : units < 1024 ? 16 : 128;
  return Math.min(limits.units, Math.max(1, units + direction * step));
}
