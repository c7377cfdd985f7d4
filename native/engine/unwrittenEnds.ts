const everyMilliseconds = 1000;

/**
 * Ends of runs that their folders did not take: the disk was full, or away. A run whose end is not written counts as being
 * worked on for as long as this process lives, so each is tried again until it is.
 */
export class UnwrittenEnds {
  readonly #timers = new Map<string, ReturnType<typeof setInterval>>();

  /**
   * @param run - its folder
   * @param write - throws where the end cannot be written yet
   * @param isGone - whether there is nothing any more that it could be written to
   */
  add(run: string, write: () => void, isGone: () => boolean): void {
    this.forget(run);
    const timer = setInterval(() => {
      try {
        if (!isGone()) write();
      } catch {
        return;
      }
      this.forget(run);
    }, everyMilliseconds);
    // A process that may end need not wait: with it gone, the run is seen to be interrupted.
    timer.unref();
    this.#timers.set(run, timer);
  }

  /** Gives up on a run: another end is to come. */
  forget(run: string): void {
    clearInterval(this.#timers.get(run));
    this.#timers.delete(run);
  }
}
