import type { EngineEvent } from '../contract/engine.ts';

/** Milliseconds that what is measured may wait for more of its kind: at 120, sending costs less than 1 % of short steps. */
const patience = 120;

/**
 * Events on their way out of the training process. Short epochs bring hundreds a second, and each message costs a tenth
 * of a millisecond of training: what is measured travels together, everything else at once and behind what came before.
 */
export class EventOutbox {
  readonly #send: (events: readonly EngineEvent[]) => void;
  #waiting: EngineEvent[] = [];
  #sent = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param send - sends one message that holds these events */
  constructor(send: (events: readonly EngineEvent[]) => void) {
    this.#send = send;
  }

  post(event: EngineEvent): void {
    // Of several reports of progress only the last one is worth a look.
    if (event.event === 'progress') this.#waiting = this.#waiting.filter((other) => other.event !== 'progress');
    this.#waiting.push(event);
    const measured = event.event === 'progress' || event.event === 'metrics' || event.event === 'checkpoint';
    const wait = measured ? this.#sent + patience - performance.now() : 0;
    if (wait <= 0) this.#flush();
    else
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, wait);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sent = performance.now();
    this.#send(this.#waiting.splice(0));
  }
}
