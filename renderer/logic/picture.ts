/** Inputs that form a square picture: 784 = 28 x 28. */

/** The smallest picture worth showing: smaller squares are ordinary tables with 4, 9, 16, ... columns. */
const smallestSide = 8;

/** Side of the picture that so many inputs form, or `undefined`. */
export function pictureSide(inputs: number): number | undefined {
  const side = Math.sqrt(inputs);
  return Number.isInteger(side) && side >= smallestSide ? side : undefined;
}

/** One grey value (0 to 255) a pixel, the darkest being the smallest value present. A missing one is `null`. */
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

/** What a pixel has to say besides its shade. */
export type PixelKind = 'plain' | 'missing' | 'negative';

export const pixelKind = (value: number | null | undefined): PixelKind =>
  value === null || value === undefined ? 'missing' : value < 0 ? 'negative' : 'plain';

/** Side of the block that a pixel is drawn as where some of a picture's are marked. */
export const markedSide = 3;

/** Whether a point of such a block belongs to its mark: a cross where the value is missing, a minus where it is negative. */
export const isMark = (kind: PixelKind, x: number, y: number): boolean =>
  kind === 'missing' ? x === y || x + y === markedSide - 1 : kind === 'negative' && y === (markedSide - 1) / 2;

/** How many pixels are marked, in words: empty where none is. */
export function markedText(values: readonly (number | null)[]): string {
  const kinds = values.map(pixelKind);
  const counted = (kind: PixelKind, words: string): string[] => {
    const count = kinds.filter((other) => other === kind).length;
    return count === 0 ? [] : [`${count} ${words}`];
  };
  return [...counted('missing', 'missing'), ...counted('negative', 'below zero')].join(', ');
}
