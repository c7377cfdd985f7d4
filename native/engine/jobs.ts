/** The work for one run, from its acceptance to its end. */
export interface Job {
  /** The run's folder. */
  readonly run: string;
  /** Does the work; reports its end and its failure itself and never rejects. */
  start(): Promise<void>;
}

/** Runs one job at a time; the others wait in order. */
export class JobQueue<SomeJob extends Job> {
  #current: SomeJob | undefined;
  #waiting: SomeJob[] = [];

  get current(): SomeJob | undefined {
    return this.#current;
  }

  get waiting(): readonly SomeJob[] {
    return this.#waiting;
  }

  /** The current or waiting job of a run. */
  find(run: string): SomeJob | undefined {
    return [this.#current, ...this.#waiting].find((job) => job?.run === run);
  }

  /** Adds a job; it starts when those before it have ended. */
  add(job: SomeJob): void {
    this.#waiting.push(job);
    void this.#next();
  }

  /** Removes a waiting job; false if it has already started. */
  remove(job: SomeJob): boolean {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((other) => other !== job);
    return this.#waiting.length < before;
  }

  async #next(): Promise<void> {
    if (this.#current !== undefined) return;
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return;
    await this.#current.start();
    this.#current = undefined;
    void this.#next();
  }
}
