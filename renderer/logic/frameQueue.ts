/**
 * Spreads work over frames, as much per frame as there is time for. Drawing many charts or rendering a whole page at
 * once would block keys and pointer.
 */
class FrameQueue {
  readonly #budget: number;
  readonly #schedule: (work: () => void) => void;
  readonly #waiting = new Map<object, () => void>();
  #scheduled = false;

  /**
   * @param budget - milliseconds per frame after which no further work starts
   * @param schedule - calls its argument once, in or after the next frame
   */
  constructor(budget: number, schedule: (work: () => void) => void) {
    this.#budget = budget;
    this.#schedule = schedule;
  }

  /** Runs `work` when there is time; replaces waiting work of the same owner. */
  add(owner: object, work: () => void): void {
    this.#waiting.set(owner, work);
    if (!this.#scheduled) this.#later();
  }

  /** Removes the work of a destroyed owner. */
  remove(owner: object): void {
    this.#waiting.delete(owner);
  }

  #later(): void {
    this.#scheduled = true;
    this.#schedule(() => {
      this.#next(performance.now() + this.#budget);
    });
  }

  /** Runs the first item, then others until the time `end`. */
  #next(end: number): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#scheduled = false;
      return;
    }
    const [owner, work] = first;
    this.#waiting.delete(owner);
    work();
    // uPlot draws and Svelte creates elements in microtasks that run before this one, so their time is known only now.
    queueMicrotask(() => {
      if (performance.now() < end) this.#next(end);
      else this.#later();
    });
  }
}

/** Drawings on canvases, just before a frame is shown. */
export const drawQueue = new FrameQueue(3, (work) => {
  requestAnimationFrame(work);
});

/** Parts of pages, in a task after the frame; their layout happens in the next frame. */
export const renderQueue = new FrameQueue(5, (work) => {
  requestAnimationFrame(() => {
    setTimeout(work);
  });
});
