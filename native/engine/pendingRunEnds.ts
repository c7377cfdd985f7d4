const everyMilliseconds = 1000;

/**
 * Retries to record the ends of runs that could not be written, because the disk was full or removed. Until its end is
 * written, a run counts as active as long as this process lives.
 */
export class PendingRunEnds {
  readonly #timers = new Map<string, ReturnType<typeof setInterval>>();

  /**
   * @param run - the run's folder
   * @param write - writes the end; throws if that is not possible yet
   * @param isGone - whether the folder no longer exists
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
    // The process may end without waiting: the run then counts as interrupted.
    timer.unref();
    this.#timers.set(run, timer);
  }

  /** Cancels the retries for a run, which will get another end. */
  forget(run: string): void {
    clearInterval(this.#timers.get(run));
    this.#timers.delete(run);
  }
}
