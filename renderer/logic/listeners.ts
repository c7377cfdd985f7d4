/** Functions that are called on each event of one kind. */
export class Listeners<Arguments extends readonly unknown[] = []> {
  readonly #all = new Set<(...args: Arguments) => void>();

  /** @returns a function that removes the listener */
  add(listener: (...args: Arguments) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  call(...args: Arguments): void {
    for (const listener of this.#all) listener(...args);
  }
}
