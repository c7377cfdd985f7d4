/** Shapes that distinguish curves without colour. */

const shapes = ['circle', 'square', 'triangle'] as const;
export type Shape = (typeof shapes)[number];

/** The shape for a symbol number; `undefined` for a curve without symbols. */
export const shapeOf = (symbol: number | undefined): Shape | undefined =>
  symbol === undefined ? undefined : shapes[symbol % shapes.length];

/** Corners in units of the radius, relative to the centre. */
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

/** SVG path of a shape, also for a canvas. */
export function shapePath(shape: Shape, x: number, y: number, radius: number): string {
  if (shape === 'circle')
    return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  return `M${corners[shape].map(([dx, dy]) => `${x + dx * radius} ${y + dy * radius}`).join('L')}Z`;
}

/**
 * Epochs at which a curve has symbols: multiples of a spacing that only doubles, so that they do not move while epochs
 * are added.
 *
 * @param least - minimum distance in epochs
 * @param share - offset as a share of the spacing, 0 to 1, so that symbols of overlapping curves do not coincide
 */
export function symbolPlaces(from: number, to: number, least: number, share: number): number[] {
  const spacing = 2 ** Math.ceil(Math.log2(Math.max(1, least)));
  const first = Math.ceil(from / spacing - share);
  const count = Math.floor(to / spacing - share) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i + share) * spacing);
}
