import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';

/** Long enough to read two sentences. */
const toastMilliseconds = 6000;

/** Messages about the user's actions: a short toast after success, an error until the next action after failure. */
export class Messages {
  /** Error of the last action, shown on the page where it was started. */
  problem = $state.raw<ErrorMessage | undefined>();
  /** Text shown for a moment; a new object each time. */
  toast = $state.raw<{ readonly text: string } | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why the window's content could not be loaded. */
  #loadProblem: ErrorMessage | undefined;

  /** Shows a text for a moment. */
  show(text: string): void {
    clearTimeout(this.#timer);
    this.toast = { text };
    this.#timer = setTimeout(() => (this.toast = undefined), toastMilliseconds);
  }

  /** Runs an action of the user and shows its error. */
  async attempt(work: () => Promise<void>): Promise<void> {
    this.problem = undefined;
    try {
      await work();
    } catch (error) {
      const message = toErrorMessage(error);
      if (message.code !== 'cancelled') this.problem = message;
    }
  }

  /** Runs work that the user did not start: shows its error, and keeps errors of other work. */
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
