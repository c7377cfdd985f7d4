import type { EngineEvent } from '../contract/engine.ts';

/** Milliseconds that what is measured waits for more of its kind: the eye sees no more than so many updates a second. */
const shortestWait = 100;
/**
 * Longer where sending takes more than this share of the time, but not so long that a window seems to stand still, or has
 * so many short epochs to take in at once that it does.
 */
const share = 1 / 200;
const longestWait = 250;
/** Between two reports of progress when nobody looks: a task bar and a notification need no more. */
const unwatchedWait = 2000;

/**
 * Events on their way out of the training process. Short epochs bring hundreds a second, and a message costs some tenths
 * of a millisecond of training, more where the processors are busy: what is measured travels together, everything else at
 * once and behind what came before. While nobody looks, the figures of the epochs do not travel at all.
 */
export class EventOutbox {
  readonly #send: (events: readonly EngineEvent[]) => void;
  #waiting: EngineEvent[] = [];
  #watched = true;
  /** When the last message has left. */
  #left = -Infinity;
  /** What a message has lately taken, in milliseconds. */
  #cost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param send - sends one message that holds these events */
  constructor(send: (events: readonly EngineEvent[]) => void) {
    this.#send = send;
  }

  post(event: EngineEvent): void {
    if (event.event === 'metrics' && !this.#watched) return;
    // Of several reports of progress only the last one is worth a look.
    if (event.event === 'progress') this.#waiting = this.#waiting.filter((other) => other.event !== 'progress');
    this.#waiting.push(event);
    // Of the last checkpoint the host speaks should this process crash, whether anybody looks now or not.
    const canWait =
      event.event === 'progress' || event.event === 'metrics' || (event.event === 'checkpoint' && this.#watched);
    if (canWait) this.#flushLater();
    else this.#flush();
  }

  /** Says whether anybody looks; what waits for a look leaves when somebody does. */
  setWatched(watched: boolean): void {
    this.#watched = watched;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#flushLater();
  }

  #flushLater(): void {
    const wait = this.#left + this.#pause() - performance.now();
    if (wait <= 0) this.#flush();
    else
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, wait);
  }

  /** Milliseconds between two messages. */
  #pause(): number {
    return this.#watched ? Math.min(longestWait, Math.max(shortestWait, this.#cost / share)) : unwatchedWait;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const began = performance.now();
    this.#send(this.#waiting.splice(0));
    this.#left = performance.now();
    this.#cost += (this.#left - began - this.#cost) / 4;
  }
}
