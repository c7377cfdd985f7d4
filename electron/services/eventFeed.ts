import type { WindowEvent } from '../../native/contract/window.ts';

/** One displayed frame, in milliseconds. */
const frame = 16;

type Timer = ReturnType<typeof setTimeout>;

/** Measurements are useless to a hidden window: they can be fetched later. */
const isMeasured = (event: WindowEvent): boolean =>
  event.event === 'progress' || event.event === 'metrics' || event.event === 'checkpoint';

/**
 * Events on their way to one window: at most one message per displayed frame, no measurements while the window is hidden,
 * and no more than the transport can send. Of several `progress` events of a run only the last one is sent.
 */
export class EventFeed {
  readonly #send: (events: WindowEvent[]) => void;
  readonly #congested: () => boolean;
  #waiting: WindowEvent[] = [];
  /** The latest `progress` of each run that the hidden window has not seen. */
  readonly #held = new Map<string, WindowEvent>();
  #visible = true;
  #missed = false;
  #timer: Timer | undefined;
  #lastSent = Number.NEGATIVE_INFINITY;

  /**
   * @param send - sends one message that holds these events
   * @param congested - whether the transport still has unsent data
   */
  constructor(send: (events: WindowEvent[]) => void, congested: () => boolean = () => false) {
    this.#send = send;
    this.#congested = congested;
  }

  push(event: WindowEvent): void {
    if (!this.#visible && isMeasured(event)) {
      if (event.event === 'progress') this.#held.set(event.run, event);
      else this.#missed = true;
      return;
    }
    if (event.event === 'finished' || event.event === 'failed') this.#held.delete(event.run);
    if (event.event === 'progress') {
      this.#waiting = this.#waiting.filter((other) => other.event !== 'progress' || other.run !== event.run);
    }
    this.#waiting.push(event);
    this.#schedule();
  }

  get visible(): boolean {
    return this.#visible;
  }

  /** @returns whether measurements were left out since the window was hidden */
  setVisible(visible: boolean): { missed: boolean } {
    this.#visible = visible;
    if (!visible) return { missed: false };
    for (const event of this.#held.values()) this.push(event);
    this.#held.clear();
    const missed = this.#missed;
    this.#missed = false;
    return { missed };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.#held.clear();
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#lastSent + frame - performance.now();
    // A separate turn even without waiting, so that events of one moment are sent together.
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#flush();
      },
      Math.max(0, wait),
    );
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    this.#lastSent = performance.now();
    if (this.#congested()) {
      this.#schedule();
      return;
    }
    const events = this.#waiting;
    this.#waiting = [];
    this.#send(events);
  }
}
