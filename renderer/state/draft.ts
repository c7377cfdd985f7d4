import type { Connection } from './connection.svelte.ts';

type Content = Record<string, unknown>;

const quiet = 400;

/** The content of the window, saved in the host on each change and restored when the window reopens. */
export class Draft {
  /** Resolves when the draft was restored or does not exist; changes are saved from then on. */
  readonly restored: Promise<void>;
  readonly #connection: Connection;
  readonly #take: () => Content;
  #resolve: () => void = () => undefined;
  #done = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param take - returns the current content to save */
  constructor(connection: Connection, take: () => Content) {
    this.#connection = connection;
    this.#take = take;
    this.restored = new Promise((resolve) => (this.#resolve = resolve));
  }

  /**
   * Passes the saved draft to `put`, once per window.
   *
   * @throws OrthantError `crashed` if the connection was lost; the caller retries
   */
  async restore(put: (draft: Content) => void): Promise<void> {
    if (this.#done) return;
    const { draft } = await this.#connection.call('loadDraft', {});
    this.#done = true;
    if (draft !== undefined) put(draft);
    this.#resolve();
  }

  /** Saves the content after a short pause without changes. */
  saveSoon(): void {
    // Before the draft is restored, the empty window would overwrite it.
    if (!this.#done) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A failure is harmless: the next change saves again.
      this.#connection
        .call('saveDraft', { draft: JSON.parse(JSON.stringify(this.#take())) as Content })
        .catch(() => undefined);
    }, quiet);
  }
}
