import { describe, expect, it } from 'vitest';
import { pointAfterKey, pointAt } from './scatter.ts';

const points = [
  { row: 7, target: 3, prediction: 2 },
  { row: 8, target: 1, prediction: -1 },
  { row: 9, target: 2, prediction: 2.5 },
];

describe('pointAfterKey', () => {
  const rowAfter = (key: string, from?: number): number | undefined =>
    pointAfterKey(
      points,
      points.find(({ row }) => row === from),
      key,
    )?.point?.row;
  it('goes through the points by their true values, and stops at the ends', () => {
    expect([rowAfter('ArrowRight'), rowAfter('ArrowRight', 8), rowAfter('ArrowUp', 9)]).toEqual([8, 9, 7]);
    expect([rowAfter('ArrowRight', 7), rowAfter('ArrowLeft', 8), rowAfter('ArrowDown', 7)]).toEqual([7, 8, 9]);
    expect([rowAfter('Home', 7), rowAfter('End')]).toEqual([8, 7]);
  });
  it('leaves by Escape, and has nothing to do for other keys or without points', () => {
    expect(pointAfterKey(points, points[0], 'Escape')).toEqual({ point: undefined });
    expect(pointAfterKey(points, undefined, 'Escape')).toBeUndefined();
    expect(pointAfterKey(points, points[0], 'x')).toBeUndefined();
    expect(pointAfterKey([], undefined, 'ArrowLeft')).toBeUndefined();
  });
});

describe('pointAt', () => {
  it('is the nearest within a few pixels', () => {
    // The lower left and the upper right corner of the plot are at the values -1.16 and 3.16.
    const x = (value: number): number => 56 + ((value + 1.16) / 4.32) * (400 - 56 - 12);
    const y = (value: number): number => 300 - 34 - ((value + 1.16) / 4.32) * (300 - 24 - 34);
    expect(pointAt(points, 400, 300, x(1) + 3, y(-1) - 3)?.row).toBe(8);
    expect(pointAt(points, 400, 300, x(1) + 30, y(-1))).toBeUndefined();
  });
});
