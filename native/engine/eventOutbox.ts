import type { EngineEvent } from '../contract/engine.ts';

/** Milliseconds that what is measured waits for more of its kind: the eye sees no more than so many updates a second. */
const shortestWait = 100;
/** Longer where sending takes more than this share of the time, but not so long that a window seems to stand still. */
const share = 1 / 200;
const longestWait = 500;

/**
 * Events on their way out of the training process. Short epochs bring hundreds a second, and a message costs some tenths
 * of a millisecond of training, more where the processors are busy: what is measured travels together, everything else at
 * once and behind what came before.
 */
export class EventOutbox {
  readonly #send: (events: readonly EngineEvent[]) => void;
  #waiting: EngineEvent[] = [];
  /** When the next message may leave. */
  #next = -Infinity;
  /** What a message has lately taken, in milliseconds. */
  #cost = 0;
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
    const wait = measured ? this.#next - performance.now() : 0;
    if (wait <= 0) this.#flush();
    else
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, wait);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const began = performance.now();
    this.#send(this.#waiting.splice(0));
    const ended = performance.now();
    this.#cost += (ended - began - this.#cost) / 4;
    this.#next = ended + Math.min(longestWait, Math.max(shortestWait, this.#cost / share));
  }
}
