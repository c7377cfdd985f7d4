import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { drawQueue, renderQueue } from './frameQueue.ts';

let now = 0;
const frames: (() => void)[] = [];
const nextFrame = async (): Promise<void> => {
  for (const frame of frames.splice(0)) frame();
  await new Promise((resolve) => setImmediate(resolve));
};

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('spreads slow charts over frames, in their order, each once', async () => {
  const drawn: string[] = [];
  const charts = ['a', 'b', 'c'].map((name) => ({ name }));
  const ask = (chart: { name: string }): void => {
    drawQueue.add(chart, () => {
      // Like uPlot.
      queueMicrotask(() => {
        drawn.push(chart.name);
        now += 2;
      });
    });
  };
  charts.forEach(ask);
  charts.slice(0, 1).forEach(ask);
  expect(frames).toHaveLength(1);
  await nextFrame();
  expect(drawn).toEqual(['a', 'b']);
  // The first is queued again before the last has run, so it comes after it.
  charts.slice(0, 1).forEach(ask);
  await nextFrame();
  expect(drawn).toEqual(['a', 'b', 'c', 'a']);
  await nextFrame();
  expect(frames).toHaveLength(0);
});

it('does not draw a removed chart', async () => {
  const draw = vi.fn();
  const chart = {};
  drawQueue.add(chart, draw);
  drawQueue.remove(chart);
  await nextFrame();
  expect(draw).not.toHaveBeenCalled();
});

it('renders parts of pages after a frame, so that layout and painting come in between', async () => {
  vi.useFakeTimers();
  const make = vi.fn();
  renderQueue.add({}, make);
  frames.splice(0).forEach((frame) => {
    frame();
  });
  expect(make).not.toHaveBeenCalled();
  await vi.runAllTimersAsync();
  expect(make).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
