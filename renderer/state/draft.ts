import type { Connection } from './connection.svelte.ts';

type Content = Record<string, unknown>;

const quiet = 400;

/** The work in the window, kept by the host as one goes and brought back when the window is opened again. */
export class Draft {
  /** Resolves once the draft was brought back, or there was none: from then on the window's work is its own. */
  readonly restored: Promise<void>;
  readonly #connection: Connection;
  readonly #take: () => Content;
  #resolve: () => void = () => undefined;
  #done = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param take - what is to be kept, as it is now */
  constructor(connection: Connection, take: () => Content) {
    this.#connection = connection;
    this.#take = take;
    this.restored = new Promise((resolve) => (this.#resolve = resolve));
  }

  /**
   * Hands what was kept to `put`, once in the life of the window.
   *
   * @throws OrthantError `crashed` when the line broke meanwhile, and it is to be tried again
   */
  async restore(put: (draft: Content) => void): Promise<void> {
    if (this.#done) return;
    const { draft } = await this.#connection.call('loadDraft', {});
    this.#done = true;
    if (draft !== undefined) put(draft);
    this.#resolve();
  }

  /** Keeps the work once it has been left alone for a moment. */
  saveSoon(): void {
    // Before the draft is back, it would be lost to an empty window.
    if (!this.#done) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A draft that could not be kept costs nothing now; the next change tries again.
      this.#connection
        .call('saveDraft', { draft: JSON.parse(JSON.stringify(this.#take())) as Content })
        .catch(() => undefined);
    }, quiet);
  }
}
