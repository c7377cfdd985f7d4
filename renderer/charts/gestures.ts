import type { Range } from '../state/view.svelte.ts';

/** Zooming and moving along the epochs, for every chart alike. */

/** Narrows or widens a range around a point, within what there is. */
export function zoomed(range: Range, factor: number, around: number, whole: Range): Range | undefined {
  const from = around - (around - range.from) * factor;
  const to = around + (range.to - around) * factor;
  return fitted({ from, to }, whole);
}

/** Moves a range by a share of its width, within what there is. */
export function moved(range: Range, share: number, whole: Range): Range | undefined {
  const by = (range.to - range.from) * share;
  const shift = by < 0 ? Math.max(by, whole.from - range.from) : Math.min(by, whole.to - range.to);
  return fitted({ from: range.from + shift, to: range.to + shift }, whole);
}

/** The range cut to the whole; `undefined`, for all, when nothing is cut off. */
function fitted(range: Range, whole: Range): Range | undefined {
  const from = Math.max(range.from, whole.from);
  const to = Math.min(range.to, whole.to);
  if (from <= whole.from && to >= whole.to) return undefined;
  return to - from < (whole.to - whole.from) / 1e5 ? range : { from, to };
}

/** What a key does to the range in view, where it does something. */
export function rangeOfKey(key: string, range: Range, whole: Range): { range: Range | undefined } | undefined {
  const middle = (range.from + range.to) / 2;
  switch (key) {
    case '+':
    case '=':
      return { range: zoomed(range, 0.7, middle, whole) };
    case '-':
    case '_':
      return { range: zoomed(range, 1 / 0.7, middle, whole) };
    case 'ArrowLeft':
      return { range: moved(range, -0.2, whole) };
    case 'ArrowRight':
      return { range: moved(range, 0.2, whole) };
    case '0':
    case 'Escape':
      return { range: undefined };
    default:
      return undefined;
  }
}
