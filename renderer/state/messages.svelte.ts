import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';

/** Time enough to read a sentence or two. */
const toastMilliseconds = 6000;

/** What the window tells about what was asked of it: in passing, that it was done; until something else is, why not. */
export class Messages {
  /** Why the last thing asked for could not be done; shown on the page where it was asked. */
  problem = $state.raw<ErrorMessage | undefined>();
  /** What was done that cannot be seen otherwise, or why not, for a moment; a new object each time. */
  toast = $state.raw<{ readonly text: string } | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why the window could not be filled. */
  #loadProblem: ErrorMessage | undefined;

  /** Says something in passing. */
  say(text: string): void {
    clearTimeout(this.#timer);
    this.toast = { text };
    this.#timer = setTimeout(() => (this.toast = undefined), toastMilliseconds);
  }

  /** Does what a person asked for. */
  async attempt(work: () => Promise<void>): Promise<void> {
    this.problem = undefined;
    try {
      await work();
    } catch (error) {
      const message = toErrorMessage(error);
      if (message.code !== 'cancelled') this.problem = message;
    }
  }

  /** Does what nobody asked for: its failure is shown, and what is shown of other work stays. */
  async load(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.problem === this.#loadProblem) this.problem = undefined;
      this.#loadProblem = undefined;
    } catch (error) {
      this.#loadProblem = toErrorMessage(error);
      this.problem = this.#loadProblem;
    }
  }
}
