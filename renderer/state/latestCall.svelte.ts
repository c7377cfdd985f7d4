import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';

/** A repeated request of which only the latest counts: each call aborts the one before. */
export class LatestCall<Value> {
  value = $state.raw<Value | undefined>();
  error = $state.raw<ErrorMessage | undefined>();
  busy = $state(false);
  #abort: AbortController | undefined;

  /**
   * Calls at once. The last value stays until the answer or an error replaces it; the last error is cleared.
   *
   * @returns whether it succeeded and was not replaced by a later call
   */
  run(work: (signal: AbortSignal) => Promise<Value>): Promise<boolean> {
    this.error = undefined;
    return this.#settle(this.#next(), work);
  }

  /** Calls after some milliseconds without another call. Until the answer, the last value and error stay. */
  async runSoon(milliseconds: number, work: (signal: AbortSignal) => Promise<Value>): Promise<boolean> {
    const abort = this.#next();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return !abort.signal.aborted && this.#settle(abort, work);
  }

  /** Aborts the call in progress, if any; `message` becomes the error unless the call has set one. */
  cancel(message: string): void {
    if (this.busy) this.error ??= { code: 'cancelled', message };
    this.stop();
  }

  /** Aborts the call and clears value and error. */
  clear(): void {
    this.stop();
    this.value = undefined;
    this.error = undefined;
  }

  /** Aborts the call; value and error stay. */
  stop(): void {
    this.#abort?.abort();
    this.busy = false;
  }

  #next(): AbortController {
    this.stop();
    this.busy = true;
    return (this.#abort = new AbortController());
  }

  async #settle({ signal }: AbortController, work: (signal: AbortSignal) => Promise<Value>): Promise<boolean> {
    let value: Value | undefined;
    let error: ErrorMessage | undefined;
    try {
      value = await work(signal);
    } catch (reason) {
      error = toErrorMessage(reason);
    }
    if (signal.aborted) return false;
    this.value = value;
    this.error = error;
    this.busy = false;
    return error === undefined;
  }
}
