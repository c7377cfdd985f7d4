import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';

/** One question of which only the latest asking counts: each aborts the one before. */
export class LatestCall<Value> {
  value = $state.raw<Value | undefined>();
  error = $state.raw<ErrorMessage | undefined>();
  busy = $state(false);
  #abort: AbortController | undefined;

  /**
   * Asks at once. The last value stays until the answer or a failure takes its place; the last error goes.
   *
   * @returns whether the answer came, and no later call
   */
  run(work: (signal: AbortSignal) => Promise<Value>): Promise<boolean> {
    this.error = undefined;
    return this.#settle(this.#next(), work);
  }

  /** Asks after some milliseconds without another call. Until the answer, the last value and error stay. */
  async runSoon(milliseconds: number, work: (signal: AbortSignal) => Promise<Value>): Promise<boolean> {
    const abort = this.#next();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return !abort.signal.aborted && this.#settle(abort, work);
  }

  /** Aborts the call, if one is under way: `message` becomes the error, unless the call has set one by itself. */
  cancel(message: string): void {
    if (this.busy) this.error ??= { code: 'cancelled', message };
    this.stop();
  }

  /** Aborts the call and forgets what came of it and of those before. */
  clear(): void {
    this.stop();
    this.value = undefined;
    this.error = undefined;
  }

  /** Aborts the call and leaves all else as it is. */
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
