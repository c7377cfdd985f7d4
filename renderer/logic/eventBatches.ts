/** Delivers rare items at once and frequent items in batches, at most once per interval in milliseconds. */
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

  /** Delivers waiting items now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#taken = performance.now();
    this.#take(this.#waiting.splice(0));
  }
}
