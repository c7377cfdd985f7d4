import type { Page } from 'playwright';
import { withApplication } from './application.ts';
import type { Bench } from './figure.ts';
import { limited, median, range } from './figure.ts';
import { shortEpochs } from './tables.ts';

/** One redraw of a chart's canvas. */
interface Redraw {
  readonly chart: string;
  /** Milliseconds of script, from the frame's callback, or the chart drawn before it in this frame, to its end. */
  readonly script: number;
  /** The same, and until the canvas has its pixels. */
  readonly drawn: number;
}

declare global {
  var orthantRedraws: Redraw[] | undefined;
}

/** Redraws of the real chart in the real window, over a run of 500 epochs with three outputs: six curves. */
export const charts: Bench = {
  name: 'charts',
  run: async ({ folder, quick }) => {
    const epochs = 500;
    const redraws = await withApplication({ folder, prepare: watchRedraws }, async (application) => {
      const { orthant, page } = application;
      await application.configure(shortEpochs(folder, epochs), folder);
      await orthant.step('Train');
      await application.train();
      await orthant.training.toEnd();
      const curves = await page.getByRole('figure', { name: 'Worst output' }).getByRole('paragraph').textContent();
      const shown = curves?.split(';').length;
      if (shown !== 6) throw new Error(`The chart shows ${String(shown)} curves: ${curves ?? ''}`);
      return redraw(page, quick ? 10 : 30);
    });
    const charted: Record<string, Redraw[]> = {};
    for (const each of redraws) (charted[each.chart] ??= []).push(each);
    const six = charted['Worst output'] ?? [];
    if (six.length < 10) throw new Error(`Only ${six.length} redraws were seen.`);
    const drawn = six.map((each) => each.drawn);
    const medians = Object.entries(charted).map(([chart, list]) => [chart, median(list.map((each) => each.drawn))]);
    return [
      limited({
        name: `redraw of ${epochs} epochs x 6 curves`,
        ...{ value: median(drawn), below: 8, unit: 'ms' },
        remark: `${range(drawn)}; script alone ${median(six.map(({ script }) => script)).toFixed(2)} ms`,
        details: { medians: Object.fromEntries(medians) as object, redraws: six },
      }),
    ];
  },
};

/**
 * Zooms and goes back to all epochs, by keys: each draws every chart anew, a few each frame.
 *
 * @returns only the redraws that show all epochs, with every point of every curve
 */
async function redraw(page: Page, times: number): Promise<Redraw[]> {
  await page.getByRole('application').first().focus();
  const whole: Redraw[] = [];
  await afterRedraws(page);
  for (let time = 0; time < times; time++) {
    await page.keyboard.press('+');
    await afterRedraws(page);
    await page.keyboard.press('0');
    whole.push(...(await afterRedraws(page)));
  }
  return whole;
}

/** Waits until the charts are quiet; returns how they were redrawn since the last time. */
async function afterRedraws(page: Page): Promise<Redraw[]> {
  const count = (): Promise<number> => page.evaluate(() => globalThis.orthantRedraws?.length ?? 0);
  let before = -1;
  for (let now = await count(); now !== before; now = await count()) {
    before = now;
    await page.waitForTimeout(100);
  }
  return page.evaluate(() => globalThis.orthantRedraws?.splice(0) ?? []);
}

/** Has a page that is about to be opened measure the frames in which a chart clears its canvas to draw anew. */
async function watchRedraws(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const redraws: Redraw[] = [];
    globalThis.orthantRedraws = redraws;
    let began = 0;
    let cleared = new Set<CanvasRenderingContext2D>();
    const { prototype } = CanvasRenderingContext2D;
    const clearRect = Reflect.get<typeof prototype, 'clearRect'>(prototype, 'clearRect');
    prototype.clearRect = function (...area): void {
      clearRect.apply(this, area);
      if (cleared.has(this)) return;
      cleared.add(this);
      // uPlot draws in a microtask of its own, at whose beginning it clears: this one stands behind it.
      queueMicrotask(() => {
        const scripted = performance.now();
        // Reading a pixel waits for all that was drawn.
        this.getImageData(0, 0, 1, 1);
        const chart = this.canvas.closest('figure')?.querySelector('h2')?.textContent ?? '';
        redraws.push({ chart, script: scripted - began, drawn: performance.now() - began });
        began = performance.now();
      });
    };
    const request = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (callback) =>
      request((time) => {
        cleared = new Set();
        began = performance.now();
        callback(time);
      });
  });
}
