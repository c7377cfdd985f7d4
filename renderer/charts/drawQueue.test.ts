import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { drawSoon, forgetDrawing } from './drawQueue.ts';

let now = 0;
const frames: (() => void)[] = [];
const nextFrame = (): void => {
  for (const frame of frames.splice(0)) frame();
};

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('spreads slow charts over frames, in their order, each once', () => {
  const drawn: string[] = [];
  const charts = ['a', 'b', 'c'].map((name) => ({ name }));
  const ask = (chart: { name: string }): void => {
    drawSoon(chart, () => {
      drawn.push(chart.name);
      now += 8;
    });
  };
  charts.forEach(ask);
  charts.slice(0, 1).forEach(ask);
  expect(frames).toHaveLength(1);
  nextFrame();
  expect(drawn).toEqual(['a', 'b']);
  // The first asks again before the last has had its turn: it comes after it.
  charts.slice(0, 1).forEach(ask);
  nextFrame();
  expect(drawn).toEqual(['a', 'b', 'c', 'a']);
  expect(frames).toHaveLength(0);
});

it('does not draw what is gone', () => {
  const draw = vi.fn();
  const chart = {};
  drawSoon(chart, draw);
  forgetDrawing(chart);
  nextFrame();
  expect(draw).not.toHaveBeenCalled();
});
