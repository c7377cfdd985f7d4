import path from 'node:path';
import type { Page } from 'playwright';
import { withApplication } from './application.ts';
import type { Bench, Figure } from './figure.ts';
import { limited, median, range } from './figure.ts';
import { largeCsv } from './tables.ts';

/** How long the table showed rows without their values, while it was moved. */
interface Blanks {
  /** Milliseconds of each time, in order. */
  readonly times: number[];
  /** Frames looked at, and those with a blank row in view. */
  readonly frames: number;
  readonly blankFrames: number;
  /** Rows that came into view. */
  readonly rows: number;
}

declare global {
  var orthantBlanks: (() => Blanks) | undefined;
}

const rows = 1_000_000;

/** A CSV file of 1,000,000 rows and 20 columns: from the choice of the file to its rows, and through them. */
export const largeTable: Bench = {
  name: 'large table',
  run: async ({ folder, kept, quick }) => {
    const file = await largeCsv(kept, rows);
    const seconds: number[] = [];
    const scrolls: Record<string, Blanks>[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      await withApplication({ folder: path.join(folder, String(round)) }, async ({ page }) => {
        const chooser = page.waitForEvent('filechooser');
        await page.getByRole('button', { name: /^Open a data file/ }).click();
        const began = performance.now();
        await (await chooser).setFiles(file);
        await page.getByRole('gridcell').first().waitFor({ timeout: 120_000 });
        await page.waitForFunction(() => !document.querySelector('[role=gridcell]')?.textContent.includes('·'));
        seconds.push((performance.now() - began) / 1000);
        // At once: columns are still being summarised and their histograms counted.
        scrolls.push({
          wheel: await whileScrolling(page, () => wheel(page, quick)),
          'scroll bar': await whileScrolling(page, () => dragBar(page, quick)),
        });
      });
    }
    return [
      limited({
        name: '1,000,000 x 20 CSV, table shown after the file is chosen',
        ...{ value: median(seconds), below: 6, unit: 's', remark: range(seconds), details: { seconds } },
      }),
      ...['wheel', 'scroll bar'].map((way) =>
        blankFigure(
          way,
          scrolls.flatMap((each) => each[way] ?? []),
        ),
      ),
    ];
  },
};

function blankFigure(way: string, measured: readonly Blanks[]): Figure {
  const frames = measured.reduce((sum, each) => sum + each.frames, 0);
  const seen = measured.reduce((sum, each) => sum + each.rows, 0);
  if (frames < 50 || seen < 1000) throw new Error(`Only ${frames} frames and ${seen} rows were seen while scrolling.`);
  const blank = measured.reduce((sum, each) => sum + each.blankFrames, 0);
  return limited({
    name: `longest time with a blank row in view (${way})`,
    ...{ value: Math.max(0, ...measured.flatMap(({ times }) => times)), below: 100, unit: 'ms' },
    remark: `${((100 * blank) / frames).toFixed(1)} % of ${frames} frames`,
    details: { measured },
  });
}

/**
 * Looks at every frame while `scroll` is at work: a row is blank when its first cell has no value yet or when it is not
 * there at all; the time counts from the first frame with a blank row in view to the first without.
 */
async function whileScrolling(page: Page, scroll: () => Promise<void>): Promise<Blanks> {
  await page.evaluate(() => {
    const grid = document.querySelector<HTMLElement>('[role=grid]');
    const header = grid?.querySelector<HTMLElement>('[role=columnheader]');
    if (grid === null || header === null || header === undefined) throw new Error('There is no table.');
    const times: number[] = [];
    const seen = new Set<string>();
    let [frames, blankFrames] = [0, 0];
    let since: number | undefined;
    let going = true;
    const top = header.getBoundingClientRect().bottom;
    const bottom = grid.getBoundingClientRect().top + grid.clientHeight;
    const isBlank = (): boolean => {
      let shown = 0;
      for (const row of grid.querySelectorAll<HTMLElement>('[role=row]:has([role=gridcell])')) {
        const box = row.getBoundingClientRect();
        const inView = Math.min(box.bottom, bottom) - Math.max(box.top, top);
        if (inView <= 0) continue;
        shown += inView;
        seen.add(row.getAttribute('aria-rowindex') ?? '');
        if (row.querySelector('[role=gridcell]')?.textContent.trim() === '·') return true;
      }
      return shown < bottom - top - 2;
    };
    const look = (now: number): void => {
      if (!going) return;
      frames++;
      if (isBlank()) {
        blankFrames++;
        since ??= now;
      } else if (since !== undefined) {
        times.push(now - since);
        since = undefined;
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    globalThis.orthantBlanks = () => {
      going = false;
      if (since !== undefined) times.push(performance.now() - since);
      return { times, frames, blankFrames, rows: seen.size };
    };
  });
  await scroll();
  await page.waitForTimeout(500);
  return page.evaluate(() => globalThis.orthantBlanks?.()) as Promise<Blanks>;
}

/** One movement of the wheel for each frame or so, slowly, quickly, and back. */
async function wheel(page: Page, quick: boolean): Promise<void> {
  const box = await page.getByRole('grid').boundingBox();
  if (box === null) throw new Error('There is no table.');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const pixels of [100, 400, 2000, -800]) {
    for (let turn = 0; turn < (quick ? 40 : 120); turn++) {
      await page.mouse.wheel(0, pixels);
      await page.waitForTimeout(16);
    }
  }
}

/** Takes hold of the scroll bar and moves it through the whole table and back, in small steps and in large ones. */
async function dragBar(page: Page, quick: boolean): Promise<void> {
  const grid = page.getByRole('grid');
  const box = await grid.boundingBox();
  if (box === null) throw new Error('There is no table.');
  const inner = await grid.evaluate((element) => ({
    width: element.clientWidth,
    height: element.clientHeight,
    at: element.scrollTop / (element.scrollHeight - element.clientHeight),
  }));
  if (inner.width >= box.width) throw new Error('The table has no scroll bar to take hold of.');
  const x = box.x + (box.width + inner.width) / 2;
  // The shortest thumb a browser draws is some 20 pixels high.
  const yOf = (share: number): number => box.y + 18 + share * (inner.height - 36);
  await page.mouse.move(x, yOf(inner.at));
  await page.mouse.down();
  for (const [from, to, steps] of [
    [inner.at, 0.9, quick ? 60 : 200],
    [0.9, 0.1, quick ? 20 : 60],
    [0.1, 0.5, quick ? 100 : 400],
  ] as const) {
    for (let step = 1; step <= steps; step++) {
      await page.mouse.move(x, yOf(from + ((to - from) * step) / steps));
      await page.waitForTimeout(16);
    }
  }
  await page.mouse.up();
}
