import type { EngineEvent } from '../contract/engine.ts';

/** Shortest time between messages with metrics, in milliseconds: the eye cannot follow more updates. */
const shortestWait = 100;
/**
 * The wait is longer if sending takes more than this share of the time, but limited: the window must not seem to stop,
 * nor receive so many short epochs at once that it does stop.
 */
const share = 1 / 200;
const longestWait = 250;
/** Milliseconds between two reports of progress while no window is watching: enough for a task bar. */
const unwatchedWait = 2000;

/**
 * Sends the events of the training process. Short epochs cause hundreds of events per second, and a message costs some
 * tenths of a millisecond of training, more if the processors are busy. So metrics and progress are sent together;
 * every other event is sent immediately, after the events before it. While no window is watching, no metrics are sent.
 */
export class EventOutbox {
  readonly #send: (events: readonly EngineEvent[]) => void;
  #waiting: EngineEvent[] = [];
  #watched = true;
  /** Time of the last message. */
  #sent = -Infinity;
  /** Recent mean duration of sending a message, in milliseconds. */
  #cost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param send - sends one message with these events */
  constructor(send: (events: readonly EngineEvent[]) => void) {
    this.#send = send;
  }

  post(event: EngineEvent): void {
    if (event.event === 'metrics' && !this.#watched) return;
    // Only the last report of progress matters.
    if (event.event === 'progress') this.#waiting = this.#waiting.filter((other) => other.event !== 'progress');
    this.#waiting.push(event);
    // If this process crashes, the host reports the last checkpoint, so an unwatched run sends it immediately.
    const canWait =
      event.event === 'progress' || event.event === 'metrics' || (event.event === 'checkpoint' && this.#watched);
    if (canWait) this.#flushLater();
    else this.#flush();
  }

  /** Sets whether a window is watching; waiting events are then sent at the pace for that. */
  setWatched(watched: boolean): void {
    this.#watched = watched;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#flushLater();
  }

  #flushLater(): void {
    const wait = this.#sent + this.#pause() - performance.now();
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
    this.#sent = performance.now();
    this.#cost += (this.#sent - began - this.#cost) / 4;
  }
}
