import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EngineEvent } from '../contract/engine.ts';
import { EventOutbox } from './eventOutbox.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

const run = '/runs/1';
const checkpoint = (epoch: number): EngineEvent => ({ event: 'checkpoint', run, epoch, step: epoch });
const progress = (step: number): EngineEvent => ({
  event: 'progress',
  run,
  epoch: 1,
  epochs: 1,
  step,
  steps: 9,
  objective: 0,
  secondsLeft: 0,
});
const phase: EngineEvent = { event: 'phase', run, state: 'training', message: '' };

it('sends the first event at once, quick ones together, and none late', () => {
  const messages: EngineEvent[][] = [];
  const outbox = new EventOutbox((events) => messages.push([...events]));
  for (let epoch = 1; epoch <= 100; epoch += 1) {
    outbox.post(checkpoint(epoch));
    vi.advanceTimersByTime(5);
  }
  vi.advanceTimersByTime(100);
  expect(messages.flat()).toEqual(Array.from({ length: 100 }, (_, i) => checkpoint(i + 1)));
  expect(messages[0]).toEqual([checkpoint(1)]);
  // 500 ms in messages of 100 ms.
  expect(messages.length).toBeGreaterThan(4);
  expect(messages.length).toBeLessThan(8);
});

it('sends no metrics while no window is watching, but still progress and checkpoints', () => {
  const messages: EngineEvent[][] = [];
  const outbox = new EventOutbox((events) => messages.push([...events]));
  const metrics = (epoch: number): EngineEvent =>
    ({ event: 'metrics', run, metrics: { epoch } }) as unknown as EngineEvent;
  outbox.setWatched(false);
  outbox.post(phase);
  for (let epoch = 1; epoch <= 2000; epoch += 1) {
    outbox.post(progress(epoch));
    outbox.post(metrics(epoch));
    if (epoch === 1500) outbox.post(checkpoint(epoch));
    vi.advanceTimersByTime(5);
  }
  expect(messages).toEqual([
    [phase],
    ...[[progress(400)], [progress(800)], [progress(1200)]],
    [progress(1500), checkpoint(1500)],
    [progress(1899)],
  ]);
  // When a window is watching again, it gets the waiting events and all later ones.
  outbox.setWatched(true);
  outbox.post(metrics(2001));
  vi.advanceTimersByTime(100);
  expect(messages.slice(6).flat()).toEqual([progress(2000), metrics(2001)]);
});

it('sends only the last of several reports of progress', () => {
  const messages: EngineEvent[][] = [];
  const outbox = new EventOutbox((events) => messages.push([...events]));
  outbox.post(phase);
  for (let step = 1; step <= 3; step += 1) outbox.post(progress(step));
  outbox.post(checkpoint(1));
  vi.advanceTimersByTime(100);
  expect(messages).toEqual([[phase], [progress(3), checkpoint(1)]]);
});

it('keeps the order: an urgent event is sent with the waiting ones before it', () => {
  const messages: EngineEvent[][] = [];
  const outbox = new EventOutbox((events) => messages.push([...events]));
  outbox.post(phase);
  outbox.post(checkpoint(1));
  outbox.post(checkpoint(2));
  outbox.post(phase);
  expect(messages).toEqual([[phase], [checkpoint(1), checkpoint(2), phase]]);
  vi.advanceTimersByTime(1000);
  expect(messages).toHaveLength(2);
});

it('spends a small share of the time on sending, however slow that is, and never waits long', () => {
  for (const [cost, most] of [
    [2, 0.01],
    [100, 0.3],
  ] as const) {
    let [spent, last, longest] = [0, performance.now(), 0];
    const began = performance.now();
    const outbox = new EventOutbox(() => {
      longest = Math.max(longest, performance.now() - last);
      vi.advanceTimersByTime(cost);
      last = performance.now();
      spent += cost;
    });
    for (let epoch = 1; epoch <= 4000; epoch += 1) {
      outbox.post(checkpoint(epoch));
      vi.advanceTimersByTime(5);
    }
    expect(spent / (performance.now() - began)).toBeLessThan(most);
    expect(longest).toBeLessThan(270);
  }
});
