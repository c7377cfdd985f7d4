import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Range } from '../logic/chartData.ts';
import { listenToPointer } from './pointer.ts';

/** A plot with epochs 0 to 100 between the pixels 50 and 250. */
const whole = { from: 0, to: 100 };
let zoom: Range | undefined;
const hover = vi.fn<(epoch: number | undefined) => void>();
const select = vi.fn<(pixels: { from: number; to: number } | undefined) => void>();
let element: EventTarget;
let end: () => void;

beforeEach(() => {
  zoom = undefined;
  hover.mockClear();
  select.mockClear();
  element = Object.assign(new EventTarget(), { setPointerCapture: () => undefined });
  end = listenToPointer(element as HTMLElement, {
    range: () => zoom ?? whole,
    whole: () => whole,
    area: () => ({ left: 50, right: 250 }),
    zoom: (range) => (zoom = range),
    hover,
    select,
  });
});

function send(type: string, offsetX: number, more: object = {}): Event {
  const event = Object.assign(new Event(type, { cancelable: true }), { offsetX, button: 0, pointerId: 1, ...more });
  element.dispatchEvent(event);
  return event;
}

describe('the pointer', () => {
  it('reads the epoch under it, and none beside the curves', () => {
    send('pointermove', 150);
    send('pointermove', 20);
    send('pointermove', 250);
    send('pointerleave', 260);
    expect(hover.mock.calls).toEqual([[50], [undefined], [100], [undefined]]);
  });

  it('selects a range to zoom in on, in either direction, within the curves', () => {
    send('pointerdown', 150);
    send('pointermove', 100);
    expect(select).toHaveBeenLastCalledWith({ from: 100, to: 150 });
    send('pointerup', 100);
    expect(select).toHaveBeenLastCalledWith(undefined);
    expect(zoom).toEqual({ from: 25, to: 50 });
    send('pointerdown', 150);
    send('pointerup', 400);
    expect(zoom).toEqual({ from: 37.5, to: 50 });
  });

  it('does not treat a click, another button or a cancelled drag as a selection', () => {
    send('pointerdown', 150);
    send('pointerup', 152);
    send('pointerdown', 150, { button: 2 });
    send('pointerup', 200, { button: 2 });
    send('pointerdown', 150);
    send('pointercancel', 180);
    send('pointerup', 200);
    expect(zoom).toBeUndefined();
  });

  it('moves along with Shift', () => {
    zoom = { from: 40, to: 60 };
    send('pointerdown', 150, { shiftKey: true });
    send('pointermove', 100, { shiftKey: true });
    expect(zoom).toEqual({ from: 45, to: 65 });
    send('pointermove', 150, { shiftKey: true });
    expect(zoom).toEqual({ from: 40, to: 60 });
    send('pointerup', 150);
    expect(select).not.toHaveBeenCalledWith(expect.objectContaining({ from: expect.any(Number) as number }));
  });

  it('shows all on a double click', () => {
    zoom = { from: 40, to: 60 };
    send('dblclick', 150);
    expect(zoom).toBeUndefined();
  });
});

describe('the wheel', () => {
  it('zooms with Ctrl, where the pointer is', () => {
    const event = send('wheel', 100, { ctrlKey: true, deltaX: 0, deltaY: -100 });
    expect(event.defaultPrevented).toBe(true);
    expect(zoom).toEqual({ from: 5, to: 85 });
  });
  it('moves with Shift, or sideways', () => {
    zoom = { from: 40, to: 60 };
    send('wheel', 150, { shiftKey: true, deltaX: 0, deltaY: 300 });
    expect(zoom).toEqual({ from: 50, to: 70 });
    send('wheel', 150, { deltaX: -300, deltaY: 10 });
    expect(zoom).toEqual({ from: 40, to: 60 });
  });
  it('alone scrolls the page', () => {
    expect(send('wheel', 150, { deltaX: 0, deltaY: 100 }).defaultPrevented).toBe(false);
    expect(zoom).toBeUndefined();
  });
});

it('ends', () => {
  end();
  send('pointermove', 150);
  expect(hover).not.toHaveBeenCalled();
});
