import type { Curve } from '../contract/methodDescriptor.ts';

/** Samples y = f(x) at 101 points from `from` to `to`. */
export function sampleCurve(
  labels: Pick<Curve, 'title' | 'xLabel' | 'yLabel'>,
  [from, to]: readonly [number, number],
  f: (x: number) => number,
): Curve {
  const x = Array.from({ length: 101 }, (_, i) => from + ((to - from) * i) / 100);
  return { ...labels, x, y: x.map(f) };
}

/** Curve of the term that a method adds to the loss for one element, over the prediction, for the bound 0. */
export const penaltyCurve = (title: string, f: (prediction: number) => number): Curve =>
  sampleCurve({ title, xLabel: 'prediction (standard deviations, bound 0)', yLabel: 'added to the loss' }, [-1, 1], f);
