import type { Range } from '../logic/chartData.ts';

/** Zooming, moving and reading along the epochs, shared by all charts. */

/** Narrows or widens a range around a point, within the whole. */
export function zoomed(range: Range, factor: number, around: number, whole: Range): Range | undefined {
  const from = around - (around - range.from) * factor;
  const to = around + (range.to - around) * factor;
  return fitted({ from, to }, whole);
}

/** Moves a range by a share of its width, within the whole. */
export function moved(range: Range, share: number, whole: Range): Range | undefined {
  const by = (range.to - range.from) * share;
  const shift = by < 0 ? Math.max(by, whole.from - range.from) : Math.min(by, whole.to - range.to);
  return fitted({ from: range.from + shift, to: range.to + shift }, whole);
}

/** The range clipped to the whole; `undefined` if it covers the whole. */
function fitted(range: Range, whole: Range): Range | undefined {
  const from = Math.max(range.from, whole.from);
  const to = Math.min(range.to, whole.to);
  const width = whole.to - whole.from;
  // After zooming in and out, a range differs from the whole by a rounding error.
  const error = width * 1e-9;
  if (from - whole.from <= error && whole.to - to <= error) return undefined;
  return to - from < width / 1e5 ? range : { from, to };
}

/** Zooms around the middle of the range. */
export function zoomedBy(direction: 'in' | 'out', range: Range, whole: Range): Range | undefined {
  return zoomed(range, direction === 'in' ? 0.7 : 1 / 0.7, (range.from + range.to) / 2, whole);
}

/** Visible range and read epoch. */
export interface EpochView {
  /** Visible range of epochs; `undefined` shows all. */
  readonly zoom: Range | undefined;
  /** The epoch whose values are shown. */
  readonly reading: number | undefined;
}

/** The view after a key press; `undefined` if the key has no function here. */
export function afterKey(key: string, shift: boolean, view: EpochView, whole: Range): EpochView | undefined {
  const { zoom, reading } = view;
  const range = zoom ?? whole;
  const read = (epoch: number): EpochView => {
    const kept = Math.min(whole.to, Math.max(whole.from, epoch));
    return { zoom: follow(zoom, kept, whole), reading: kept };
  };
  // One epoch, or a hundredth of the range if that is more: smaller steps are not visible.
  const step = Math.max(1, Math.round((range.to - range.from) / 100));
  const next = (by: number): number => (reading === undefined ? lastIn(range) : Math.round(reading) + by);
  switch (key) {
    case '+':
    case '=':
      return { zoom: zoomedBy('in', range, whole), reading };
    case '-':
    case '_':
      return { zoom: zoomedBy('out', range, whole), reading };
    case '0':
      return { zoom: undefined, reading };
    case 'ArrowLeft':
      return shift ? { zoom: moved(range, -0.2, whole), reading } : read(next(-step));
    case 'ArrowRight':
      return shift ? { zoom: moved(range, 0.2, whole), reading } : read(next(step));
    case 'Home':
      return read(Math.ceil(range.from));
    case 'End':
      return read(lastIn(range));
    case 'Escape':
      // Escape first ends reading, then the zoom.
      if (reading !== undefined) return { zoom, reading: undefined };
      return zoom === undefined ? undefined : { zoom: undefined, reading };
    default:
      return undefined;
  }
}

const lastIn = (range: Range): number => Math.max(range.from, Math.floor(range.to));

/** Moves the visible range if the read epoch is outside it. */
function follow(zoom: Range | undefined, epoch: number, whole: Range): Range | undefined {
  if (zoom === undefined || (epoch >= zoom.from && epoch <= zoom.to)) return zoom;
  const width = zoom.to - zoom.from;
  return moved(zoom, (epoch - (epoch < zoom.from ? zoom.from : zoom.to)) / width, whole);
}
