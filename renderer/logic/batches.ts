/** Hands on what comes rarely at once, and what comes quickly together, once in so many milliseconds. */
export class Batches<Item> {
  readonly #milliseconds: number;
  readonly #take: (items: readonly Item[]) => void;
  readonly #waiting: Item[] = [];
  #taken = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, take: (items: readonly Item[]) => void) {
    this.#milliseconds = milliseconds;
    this.#take = take;
  }

  add(item: Item): void {
    this.#waiting.push(item);
    const quiet = this.#taken + this.#milliseconds - performance.now();
    if (quiet <= 0) this.flush();
    else
      this.#timer ??= setTimeout(() => {
        this.flush();
      }, quiet);
  }

  /** Hands on what waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#taken = performance.now();
    this.#take(this.#waiting.splice(0));
  }
}
