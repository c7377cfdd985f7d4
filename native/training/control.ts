/**
 * Requests of the user to a running loop, and the loop's wait while it is paused. The loop checks for requests between
 * two slices of work; a caller may await their effect.
 */
export class RunControl {
  #stop = false;
  #pause = false;
  #pauseAtEpochEnd = false;
  /** Ends the loop's wait. */
  #wake: (() => void) | undefined;
  /** Resolve the promises of callers that wait for the loop to pause or end. */
  #waiting: (() => void)[] = [];
  #ended = false;

  get stopRequested(): boolean {
    return this.#stop;
  }

  /** Whether the loop should wait; false once a stop is requested. */
  get pauseRequested(): boolean {
    return this.#pause && !this.#stop;
  }

  get paused(): boolean {
    return this.#wake !== undefined;
  }

  /** Resolves once the loop waits, is resumed or has ended. */
  pause(): Promise<void> {
    if (this.paused || this.#ended) return Promise.resolve();
    this.#pause = true;
    return this.#wait();
  }

  resume(): void {
    this.#pause = false;
    this.#pauseAtEpochEnd = false;
    this.#wake?.();
    this.#release();
  }

  /**
   * Resumes until the end of the epoch and pauses there. Resolves once the loop waits again, is resumed or has ended.
   */
  resumeForOneEpoch(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    this.resume();
    this.#pauseAtEpochEnd = true;
    return this.#wait();
  }

  stop(): void {
    this.#stop = true;
    this.#wake?.();
  }

  /** The loop calls this after every epoch. */
  epochEnded(): void {
    if (this.#pauseAtEpochEnd) this.#pause = true;
    this.#pauseAtEpochEnd = false;
  }

  /** Resolves when the loop is resumed or stopped. */
  async waitWhilePaused(): Promise<void> {
    const resumed = new Promise<void>((resolve) => (this.#wake = resolve));
    this.#release();
    await resumed;
    this.#wake = undefined;
  }

  /** The loop calls this at its end. */
  ended(): void {
    this.#ended = true;
    this.#release();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}

/** Yields to the event loop, so that waiting messages and timers run. */
export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
