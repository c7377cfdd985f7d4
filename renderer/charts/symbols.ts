/** Shapes that tell curves apart where their colours cannot. */

const shapes = ['circle', 'square', 'triangle'] as const;
export type Shape = (typeof shapes)[number];

/** The shape of a curve's number; none for a curve that needs none. */
export const shapeOf = (symbol: number | undefined): Shape | undefined =>
  symbol === undefined ? undefined : shapes[symbol % shapes.length];

/** Corners in units of the radius around the middle. */
const corners: Readonly<Record<Exclude<Shape, 'circle'>, readonly (readonly [number, number])[]>> = {
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  triangle: [
    [0, -1.25],
    [1.15, 0.85],
    [-1.15, 0.85],
  ],
};

/** A path for a canvas, and as text for SVG. */
export function shapePath(shape: Shape, x: number, y: number, radius: number): string {
  if (shape === 'circle')
    return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  return `M${corners[shape].map(([dx, dy]) => `${x + dx * radius} ${y + dy * radius}`).join('L')}Z`;
}

/**
 * Where along the epochs a curve has its symbols: at multiples of a spacing that only ever doubles, so that they stand
 * still while more epochs come.
 *
 * @param least - epochs that lie between two at least
 * @param share - 0 to 1: moves them along, so that curves over each other keep theirs apart
 */
export function symbolPlaces(from: number, to: number, least: number, share: number): number[] {
  const spacing = 2 ** Math.ceil(Math.log2(Math.max(1, least)));
  const first = Math.ceil(from / spacing - share);
  const count = Math.floor(to / spacing - share) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i + share) * spacing);
}
