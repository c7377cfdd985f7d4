import type { Range } from '../logic/chartData.ts';
import { moved, zoomed } from './gestures.ts';

/** The chart under the pointer. */
interface PointerTarget {
  /** Visible range of epochs. */
  range(): Range;
  /** Full range of epochs. */
  whole(): Range;
  /** Left and right edge of the epochs, in pixels from the left. */
  area(): { readonly left: number; readonly right: number };
  hover(epoch: number | undefined): void;
  zoom(range: Range | undefined): void;
  /** Sets the current selection in pixels. */
  select(pixels: { readonly from: number; readonly to: number } | undefined): void;
}

/** A drag of fewer pixels counts as a click. */
const leastSelection = 4;

type Drag = { readonly start: number } & (
  { readonly kind: 'select' } | { readonly kind: 'move'; readonly range: Range }
);

/**
 * Reads, zooms and moves by pointer and wheel: hovering reads an epoch; dragging selects a range to zoom in on, or
 * moves with Shift; the wheel moves with Shift and zooms with Ctrl; a double click shows all.
 *
 * @returns a function that removes the listeners
 */
export function listenToPointer(element: HTMLElement, target: PointerTarget): () => void {
  let drag: Drag | undefined;
  const width = (): number => target.area().right - target.area().left;
  const epochAt = (pixels: number): number => {
    const { from, to } = target.range();
    return from + ((pixels - target.area().left) / width()) * (to - from);
  };
  const inside = (pixels: number): number => Math.min(target.area().right, Math.max(target.area().left, pixels));
  const within = (pixels: number): boolean => inside(pixels) === pixels;

  const down = (event: PointerEvent): void => {
    const at = event.offsetX;
    if (event.button !== 0 || !within(at)) return;
    element.setPointerCapture(event.pointerId);
    drag = event.shiftKey ? { kind: 'move', start: at, range: target.range() } : { kind: 'select', start: at };
  };
  const move = (event: PointerEvent): void => {
    const at = event.offsetX;
    if (drag?.kind === 'move') target.zoom(moved(drag.range, (drag.start - at) / width(), target.whole()));
    else if (drag?.kind === 'select') target.select(selection(drag.start, inside(at)));
    target.hover(within(at) ? epochAt(at) : undefined);
  };
  const up = (event: PointerEvent): void => {
    if (drag?.kind === 'select') {
      const { from, to } = selection(drag.start, inside(event.offsetX));
      target.select(undefined);
      if (to - from >= leastSelection) target.zoom({ from: epochAt(from), to: epochAt(to) });
    }
    drag = undefined;
  };
  const cancel = (): void => {
    drag = undefined;
    target.select(undefined);
  };
  const leave = (): void => {
    target.hover(undefined);
  };
  const showAll = (): void => {
    target.zoom(undefined);
  };
  const wheel = (event: WheelEvent): void => {
    const range = target.range();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      target.zoom(zoomed(range, event.deltaY > 0 ? 1.25 : 0.8, epochAt(inside(event.offsetX)), target.whole()));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      target.zoom(moved(range, (event.deltaX || event.deltaY) / 600, target.whole()));
    }
  };

  const ended = new AbortController();
  const { signal } = ended;
  element.addEventListener('pointerdown', down, { signal });
  element.addEventListener('pointermove', move, { signal });
  element.addEventListener('pointerup', up, { signal });
  element.addEventListener('pointercancel', cancel, { signal });
  element.addEventListener('pointerleave', leave, { signal });
  element.addEventListener('dblclick', showAll, { signal });
  element.addEventListener('wheel', wheel, { signal, passive: false });
  return () => {
    ended.abort();
  };
}

const selection = (a: number, b: number): { from: number; to: number } => ({
  from: Math.min(a, b),
  to: Math.max(a, b),
});
