/** Square pictures made of inputs: 784 = 28 x 28. */

/** Minimum side of a picture: tables with 4, 9, 16, ... columns are ordinary tables. */
const smallestSide = 8;

/** Side of the picture that this many inputs form; `undefined` if they form none. */
export function pictureSide(inputs: number): number | undefined {
  const side = Math.sqrt(inputs);
  return Number.isInteger(side) && side >= smallestSide ? side : undefined;
}

/** One grey value (0 to 255) per pixel, 0 for the smallest value. A missing value is `null`. */
export function greyValues(values: readonly (number | null)[]): (number | null)[] {
  const present = values.filter((value) => value !== null);
  let low = Infinity;
  let high = -Infinity;
  for (const value of present) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low || 1;
  return values.map((value) => (value === null ? null : Math.round(((value - low) / range) * 255)));
}

/** Mark of a pixel in addition to its shade. */
export type PixelKind = 'plain' | 'missing' | 'negative';

export const pixelKind = (value: number | null | undefined): PixelKind =>
  value === null || value === undefined ? 'missing' : value < 0 ? 'negative' : 'plain';

/** Side in canvas pixels of the block for each pixel of a picture with marks. */
export const markedSide = 3;

/** Whether a point of a block belongs to the mark: a cross for a missing value, a minus for a negative one. */
export const isMark = (kind: PixelKind, x: number, y: number): boolean =>
  kind === 'missing' ? x === y || x + y === markedSide - 1 : kind === 'negative' && y === (markedSide - 1) / 2;

/** Number of marked pixels as text; empty if there are none. */
export function markedText(values: readonly (number | null)[]): string {
  const kinds = values.map(pixelKind);
  const counted = (kind: PixelKind, words: string): string[] => {
    const count = kinds.filter((other) => other === kind).length;
    return count === 0 ? [] : [`${count} ${words}`];
  };
  return [...counted('missing', 'missing'), ...counted('negative', 'below zero')].join(', ');
}
