import type { Range } from '../state/view.svelte.ts';
import { moved, zoomed } from './gestures.ts';

/** The chart under the pointer. */
export interface PointerTarget {
  /** Epochs in view. */
  range(): Range;
  /** Epochs there are. */
  whole(): Range;
  epochAt(pixels: number): number;
  hover(epoch: number | undefined): void;
  zoom(range: Range | undefined): void;
}

/** Leaving, zooming and moving by mouse and wheel over a chart's curves. */
export function listenToPointer(over: HTMLElement, target: PointerTarget): void {
  over.addEventListener('mouseleave', () => {
    target.hover(undefined);
  });
  over.addEventListener('dblclick', () => {
    target.zoom(undefined);
  });
  over.addEventListener(
    'wheel',
    (event) => {
      const range = target.range();
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const around = target.epochAt(event.offsetX);
        target.zoom(zoomed(range, event.deltaY > 0 ? 1.25 : 0.8, around, target.whole()));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        target.zoom(moved(range, (event.deltaX || event.deltaY) / 600, target.whole()));
      }
    },
    { passive: false },
  );
  // Dragging selects what to zoom in on; with Shift it moves the curves along.
  over.addEventListener(
    'mousedown',
    (event) => {
      if (!event.shiftKey) return;
      event.stopImmediatePropagation();
      const start = target.range();
      const origin = event.clientX;
      const move = (next: MouseEvent): void => {
        target.zoom(moved(start, (origin - next.clientX) / over.clientWidth, target.whole()));
      };
      const up = (): void => {
        document.removeEventListener('mousemove', move);
        document.removeEventListener('mouseup', up);
      };
      document.addEventListener('mousemove', move);
      document.addEventListener('mouseup', up);
    },
    { capture: true },
  );
}
