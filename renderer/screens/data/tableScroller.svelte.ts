import type { Attachment } from 'svelte/attachments';
import { renderQueue } from '../../logic/frameQueue.ts';
import { rowHeight, type TableView } from './tableView.svelte.ts';

/**
 * Synchronises a table's geometry and its scrolling element in both directions. Never reads the element's size or
 * scroll position while its content is rendered, because that would force a layout.
 */
export const followScroller =
  (table: TableView): Attachment<HTMLElement> =>
  (element) => {
    /** Last known scroll position of the element. */
    let [top, left] = [0, 0];
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element;
      renderQueue.add(element, () => {
        table.width = clientWidth;
        table.height = clientHeight;
      });
    });
    observer.observe(element);
    const scroll = (): void => {
      [top, left] = [element.scrollTop, element.scrollLeft];
      table.takeScroll(top, left);
    };
    const wheel = (event: WheelEvent): void => {
      if (!table.scaled || event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      table.moveBy(event.deltaMode === 1 ? event.deltaY * rowHeight : event.deltaY);
    };
    element.addEventListener('scroll', scroll, { passive: true });
    element.addEventListener('wheel', wheel);

    // The scroll bar follows moves by keys, wheel and links.
    $effect(() => {
      if (Math.abs(top - table.scrollTop) >= 1) element.scrollTop = top = table.scrollTop;
      if (Math.abs(left - table.left) >= 1) element.scrollLeft = left = table.left;
    });
    return () => {
      observer.disconnect();
      renderQueue.remove(element);
      element.removeEventListener('scroll', scroll);
      element.removeEventListener('wheel', wheel);
    };
  };
