/**
 * Spreads work over frames. Many charts drawn, or a whole page rendered, in one go would keep keys and pointer waiting;
 * this way each frame takes as much of it as it has time for.
 */
class FrameQueue {
  readonly #budget: number;
  readonly #schedule: (work: () => void) => void;
  readonly #waiting = new Map<object, () => void>();
  #scheduled = false;

  /**
   * @param budget - milliseconds at a time after which no other work is begun
   * @param schedule - calls once, in or after the next frame
   */
  constructor(budget: number, schedule: (work: () => void) => void) {
    this.#budget = budget;
    this.#schedule = schedule;
  }

  /** Does `work` when there is time for it; work of the same owner that still waits is replaced. */
  add(owner: object, work: () => void): void {
    this.#waiting.set(owner, work);
    if (!this.#scheduled) this.#later();
  }

  /** Drops the work of an owner that is gone. */
  remove(owner: object): void {
    this.#waiting.delete(owner);
  }

  #later(): void {
    this.#scheduled = true;
    this.#schedule(() => {
      this.#next(performance.now() + this.#budget);
    });
  }

  /** Does the first in the queue, then the others as long as there is time until `end`. */
  #next(end: number): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#scheduled = false;
      return;
    }
    const [owner, work] = first;
    this.#waiting.delete(owner);
    work();
    // uPlot draws and Svelte makes elements in microtasks of their own, which stand before this one: only now is it known
    // how long it took.
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

/** Parts of pages, after a frame: what is rendered is laid out with the next one, in a task of its own. */
export const renderQueue = new FrameQueue(5, (work) => {
  requestAnimationFrame(() => {
    setTimeout(work);
  });
});
