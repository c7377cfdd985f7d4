import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WindowEvent } from '../../native/contract/window.ts';
import { EventFeed } from './eventFeed.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const progress = (run: string, step: number): WindowEvent => ({
  event: 'progress',
  run,
  epoch: 0,
  epochs: 1,
  step,
  steps: 100,
  objective: 0,
  secondsLeft: 0,
});
const checkpoint = (step: number): WindowEvent => ({ event: 'checkpoint', run: 'a', epoch: 0, step });
const warning: WindowEvent = { event: 'warning', run: 'a', warning: { message: '' } };
const metrics = (step: number): WindowEvent =>
  ({ event: 'metrics', run: 'a', metrics: { step } }) as unknown as WindowEvent;

function record(congested = (): boolean => false): { feed: EventFeed; sent: { at: number; events: WindowEvent[] }[] } {
  const sent: { at: number; events: WindowEvent[] }[] = [];
  const feed = new EventFeed((events) => sent.push({ at: performance.now(), events }), congested);
  return { feed, sent };
}

describe('EventFeed', () => {
  it('sends at most one message a frame, loses no event but older progress, and keeps the order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            wait: fc.integer({ min: 0, max: 40 }),
            kind: fc.constantFrom('progress', 'checkpoint', 'metrics'),
          }),
          { maxLength: 100 },
        ),
        (steps) => {
          const { feed, sent } = record();
          const pushed = steps.map(({ wait, kind }, index) => {
            vi.advanceTimersByTime(wait);
            const event =
              kind === 'progress' ? progress('a', index) : kind === 'metrics' ? metrics(index) : checkpoint(index);
            feed.push(event);
            return event;
          });
          vi.advanceTimersByTime(100);
          const arrived = sent.flatMap(({ events }) => events);
          const lasting = pushed.filter(({ event }) => event !== 'progress');
          expect(arrived.filter(({ event }) => event !== 'progress')).toEqual(lasting);
          expect(arrived).toEqual(pushed.filter((event) => arrived.includes(event)));
          const last = pushed.filter(({ event }) => event === 'progress').at(-1);
          if (last !== undefined) expect(arrived).toContain(last);
          for (const { events } of sent)
            expect(events.filter(({ event }) => event === 'progress').length).toBeLessThan(2);
          for (const [index, { at }] of sent.entries()) {
            if (index > 0) expect(at - sent[index - 1]!.at).toBeGreaterThanOrEqual(16);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does not send measurements to a hidden window, and reports that it missed some', () => {
    const { feed, sent } = record();
    expect(feed.setVisible(false)).toEqual({ missed: false });
    feed.push(metrics(1));
    feed.push(progress('a', 1));
    feed.push(progress('a', 2));
    feed.push(checkpoint(3));
    feed.push(warning);
    vi.advanceTimersByTime(1000);
    expect(sent.flatMap(({ events }) => events)).toEqual([warning]);
    expect(feed.setVisible(true)).toEqual({ missed: true });
    vi.advanceTimersByTime(1000);
    expect(sent.at(-1)?.events).toEqual([progress('a', 2)]);
    feed.setVisible(false);
    expect(feed.setVisible(true)).toEqual({ missed: false });
  });

  it('forgets the progress of a run that ended while the window was hidden', () => {
    const { feed, sent } = record();
    feed.setVisible(false);
    feed.push(progress('a', 1));
    const failed: WindowEvent = { event: 'failed', run: 'a', error: { code: 'diverged', message: '' } };
    feed.push(failed);
    feed.setVisible(true);
    vi.advanceTimersByTime(1000);
    expect(sent.flatMap(({ events }) => events)).toEqual([failed]);
  });

  it('waits while the transport is congested', () => {
    let congested = true;
    const { feed, sent } = record(() => congested);
    feed.push(metrics(1));
    vi.advanceTimersByTime(500);
    feed.push(metrics(2));
    expect(sent).toEqual([]);
    congested = false;
    vi.advanceTimersByTime(20);
    expect(sent.map(({ events }) => events)).toEqual([[metrics(1), metrics(2)]]);
  });

  it('sends nothing once it is closed', () => {
    const { feed, sent } = record();
    feed.push(metrics(1));
    feed.close();
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([]);
  });
});
