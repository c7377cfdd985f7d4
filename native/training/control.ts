/**
 * What was asked of a running loop from outside, and the loop's waiting while it is paused. The loop looks between two
 * slices of work; whoever asks may await that it has happened.
 */
export class RunControl {
  #stop = false;
  #pause = false;
  #pauseAtEpochEnd = false;
  /** Ends the loop's waiting. */
  #wake: (() => void) | undefined;
  /** Those who wait for the loop to be paused or over. */
  #waiting: (() => void)[] = [];
  #ended = false;

  get stopRequested(): boolean {
    return this.#stop;
  }

  /** Whether the loop is to wait; not once it is to end. */
  get pauseRequested(): boolean {
    return this.#pause && !this.#stop;
  }

  get paused(): boolean {
    return this.#wake !== undefined;
  }

  /** Resolves once the loop waits, or is resumed or over. */
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

  /** Goes on to the end of the epoch and pauses there. Resolves once the loop waits again, or is resumed or over. */
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

  /** The loop says that an epoch has ended. */
  epochEnded(): void {
    if (this.#pauseAtEpochEnd) this.#pause = true;
    this.#pauseAtEpochEnd = false;
  }

  /** The loop waits here until it is resumed or stopped. */
  async waitWhilePaused(): Promise<void> {
    const resumed = new Promise<void>((resolve) => (this.#wake = resolve));
    this.#release();
    await resumed;
    this.#wake = undefined;
  }

  /** The loop is over. */
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

/** Lets waiting messages and timers in. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
