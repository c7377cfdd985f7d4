/** Figures as the sentences of evidence write them. */

const digits = 4;

/** Four significant digits. */
export const figure = (value: number): string => String(Number(value.toPrecision(digits)));

/** The largest number of four significant digits that is not above `value`: a lower bound stays one. */
export function figureBelow(value: number): string {
  const nearest = Number(value.toPrecision(digits));
  if (nearest <= value) return String(nearest);
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
  return String(Number((nearest - unit).toPrecision(digits)));
}

/** The smallest number of four significant digits that is not below `value`: an upper bound stays one. */
export const figureAbove = (value: number): string => String(-Number(figureBelow(-value)));
