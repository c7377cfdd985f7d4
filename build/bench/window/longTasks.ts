import type { Page } from 'playwright';

/** A task on the main thread of more than 50 ms, as the browser itself reports it. */
export interface LongTask {
  /** Milliseconds since the page was opened. */
  readonly start: number;
  readonly milliseconds: number;
}

declare global {
  // Names on `globalThis` are declared with var.
  var orthantLongTasks: LongTask[] | undefined;
}

/** Has a page that is about to be opened keep its long tasks. */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: { start: number; milliseconds: number }[] = [];
    globalThis.orthantLongTasks = kept;
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) kept.push({ start: startTime, milliseconds: duration });
    }).observe({ type: 'longtask', buffered: true });
  });
}

/**
 * The long tasks while something is done and for a while after it. What is done must not look into the page (keys and
 * mouse do not): that would be work on its main thread, too.
 */
export async function longTasksDuring(page: Page, milliseconds: number, act: () => Promise<void>): Promise<LongTask[]> {
  const from = await page.evaluate(() => performance.now());
  await act();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const tasks = await page.evaluate(() => globalThis.orthantLongTasks);
  if (tasks === undefined) throw new Error('The page keeps no long tasks.');
  return tasks.filter(({ start }) => start >= from);
}
