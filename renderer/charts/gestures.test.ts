import { describe, expect, it } from 'vitest';
import { afterKey, moved, zoomed, zoomedBy, type EpochView } from './gestures.ts';

const whole = { from: 0, to: 100 };

describe('zooming and moving', () => {
  it('keeps the point under the cursor where it is', () => {
    expect(zoomed(whole, 0.5, 20, whole)).toEqual({ from: 10, to: 60 });
  });
  it('never leaves the whole range, and shows all if nothing is cut off', () => {
    expect(moved({ from: 80, to: 100 }, 0.5, whole)).toEqual({ from: 80, to: 100 });
    expect(moved({ from: 40, to: 60 }, -0.5, whole)).toEqual({ from: 30, to: 50 });
    expect(zoomed({ from: 10, to: 90 }, 2, 50, whole)).toBeUndefined();
  });
});

describe('keys', () => {
  const all: EpochView = { zoom: undefined, reading: undefined };
  const press = (keys: readonly string[], view = all): EpochView =>
    keys.reduce((before, key) => {
      const shift = key.startsWith('Shift+');
      return afterKey(key.replace('Shift+', ''), shift, before, whole) ?? before;
    }, view);

  it('zoom around the middle, and show all again', () => {
    expect(press(['+']).zoom).toEqual({ from: 15, to: 85 });
    expect(press(['+', '-']).zoom).toBeUndefined();
    const six = { from: 0, to: 6 };
    expect(zoomedBy('out', zoomedBy('in', six, six) ?? six, six)).toBeUndefined();
    expect(press(['+', '+', '0']).zoom).toBeUndefined();
  });
  it('move with Shift', () => {
    expect(press(['Shift+ArrowRight'], { zoom: { from: 0, to: 50 }, reading: undefined }).zoom).toEqual({
      from: 10,
      to: 60,
    });
  });
  it('read epoch by epoch from the last one on, and stop at the ends', () => {
    expect(press(['ArrowLeft']).reading).toBe(100);
    expect(press(['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowRight']).reading).toBe(99);
    expect(press(['End', 'ArrowRight']).reading).toBe(100);
    expect(press(['Home', 'ArrowLeft']).reading).toBe(0);
    expect(press(['ArrowRight'], { ...all, reading: 41.7 }).reading).toBe(43);
  });
  it('take larger steps if one epoch is not visible', () => {
    const long = { from: 0, to: 5000 };
    expect(afterKey('ArrowLeft', false, { zoom: undefined, reading: 5000 }, long)?.reading).toBe(4950);
  });
  it('bring the read epoch into view', () => {
    const zoom = { from: 20, to: 40 };
    expect(press(['ArrowRight'], { zoom, reading: 40 })).toEqual({ zoom: { from: 21, to: 41 }, reading: 41 });
    expect(press(['ArrowLeft'], { zoom, reading: 20 })).toEqual({ zoom: { from: 19, to: 39 }, reading: 19 });
  });
  it('leave by Escape what was started last, and then do nothing', () => {
    const zoom = { from: 20, to: 40 };
    expect(press(['Escape'], { zoom, reading: 30 })).toEqual({ zoom, reading: undefined });
    expect(press(['Escape', 'Escape'], { zoom, reading: 30 })).toEqual(all);
    expect(afterKey('Escape', false, all, whole)).toBeUndefined();
  });
  it('without a function do nothing', () => {
    expect(afterKey('q', false, all, whole)).toBeUndefined();
  });
});
