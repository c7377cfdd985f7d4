import type { Page } from 'playwright';

/** A task on the main thread of more than 50 ms, as the browser itself reports it. */
export interface LongTask {
  /** Milliseconds since the page was opened. */
  readonly start: number;
  readonly milliseconds: number;
}

/** A frame that took more than 50 ms, and what took its time: where to look when there are long tasks. */
export interface LongFrame extends LongTask {
  /** Scripts of more than 5 ms: who called, how long, and how much of it the browser had to lay the page out at once. */
  readonly scripts: readonly { readonly invoker: string; readonly milliseconds: number; readonly layout: number }[];
  /** Milliseconds of style, layout and painting at its end. */
  readonly rendering: number;
}

export interface LongWork {
  readonly tasks: readonly LongTask[];
  readonly frames: readonly LongFrame[];
}

/** What TypeScript's own library does not have yet. */
interface AnimationFrameTiming extends PerformanceEntry {
  readonly renderStart: number;
  readonly scripts: readonly (PerformanceEntry & {
    readonly invoker: string;
    readonly forcedStyleAndLayoutDuration: number;
  })[];
}

declare global {
  // Names on `globalThis` are declared with var.
  var orthantLongWork: { tasks: LongTask[]; frames: LongFrame[] } | undefined;
}

/** Has a page that is about to be opened keep its long tasks and frames. */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: { tasks: LongTask[]; frames: LongFrame[] } = { tasks: [], frames: [] };
    globalThis.orthantLongWork = kept;
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        kept.tasks.push({ start: startTime, milliseconds: duration });
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
      for (const { startTime, duration, renderStart, scripts } of list.getEntries() as AnimationFrameTiming[]) {
        kept.frames.push({
          ...{ start: startTime, milliseconds: duration },
          rendering: renderStart === 0 ? 0 : startTime + duration - renderStart,
          scripts: scripts.map(({ invoker, duration: milliseconds, forcedStyleAndLayoutDuration: layout }) => ({
            ...{ invoker, milliseconds, layout },
          })),
        });
      }
    }).observe({ type: 'long-animation-frame', buffered: true });
  });
}

/**
 * The long tasks while something is done and for a while after it. What is done must not look into the page (keys and
 * mouse do not): that would be work on its main thread, too.
 */
export async function longTasksDuring(page: Page, milliseconds: number, act: () => Promise<void>): Promise<LongWork> {
  const from = await page.evaluate(() => performance.now());
  await act();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const work = await page.evaluate(() => globalThis.orthantLongWork);
  if (work === undefined) throw new Error('The page keeps no long tasks.');
  const later = <Entry extends LongTask>(entries: readonly Entry[]): Entry[] =>
    entries.filter(({ start }) => start >= from);
  return { tasks: later(work.tasks), frames: later(work.frames) };
}
