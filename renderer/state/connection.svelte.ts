import { connect, type Client, type MessagePortLike } from '../../native/contract/channel.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import {
  windowCalls,
  windowEventsSchema,
  type WindowCallName,
  type WindowCalls,
  type WindowEvent,
} from '../../native/contract/window.ts';
import type { z } from 'zod';
import { Listeners } from '../logic/listeners.ts';

export type Request<Name extends WindowCallName> = z.input<WindowCalls[Name]['request']>;
export type Answer<Name extends WindowCallName> = z.output<WindowCalls[Name]['answer']>;

/** Seconds between attempts to reconnect: short at first, then longer. */
const delays = [0.25, 0.5, 1, 2, 4];

/**
 * The connection to the host. It reconnects by itself; views of the host's data reload them on each `opened`.
 */
export class Connection {
  status = $state<'connecting' | 'open' | 'lost'>('connecting');
  readonly opened = new Listeners();
  readonly events = new Listeners<[WindowEvent]>();
  /** Why the host refuses this window, and what to do; the attempts to connect continue. */
  refused = $state<string | undefined>();
  /** Why requests to the host would fail now; `undefined` if they would not. */
  readonly reason: string | undefined = $derived(
    this.status === 'open'
      ? undefined
      : this.refused === undefined
        ? 'The connection to Orthant is being restored.'
        : 'Orthant no longer knows this window: open a fresh address first.',
  );
  readonly #openPort: () => MessagePortLike | Promise<MessagePortLike>;
  #client: Client<WindowCalls> | undefined;
  #attempt = 0;

  /** @param openPort - opens a port; throws an OrthantError if the host answers and refuses */
  constructor(openPort: () => MessagePortLike | Promise<MessagePortLike>) {
    this.#openPort = openPort;
  }

  /** Connects, and retries until it succeeds. */
  async open(): Promise<void> {
    try {
      const port = await this.#openPort();
      port.onClose(() => {
        this.#client = undefined;
        this.status = 'lost';
        this.#retry();
      });
      const client = connect(port, windowCalls);
      client.subscribe((message) => {
        this.#receive(message);
      });
      this.#client = client;
      this.#attempt = 0;
      this.status = 'open';
      this.refused = undefined;
      this.opened.call();
    } catch (error) {
      this.status = 'lost';
      this.refused = error instanceof OrthantError ? error.message : undefined;
      this.#retry();
    }
  }

  /** @throws OrthantError as thrown by the host; `crashed` while not connected */
  call<Name extends WindowCallName>(
    name: Name,
    request: Request<Name>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Answer<Name>> {
    if (this.#client === undefined) {
      return Promise.reject(
        new OrthantError('crashed', 'Orthant cannot be reached at the moment. Try again when the connection is back.'),
      );
    }
    // `windowCalls` declares request and answer for each name.
    return this.#client.call<Name>(name, request, options);
  }

  #receive(message: unknown): void {
    const events = windowEventsSchema.safeParse(message);
    if (!events.success) return;
    for (const event of events.data) this.events.call(event);
  }

  #retry(): void {
    const seconds = delays[Math.min(this.#attempt, delays.length - 1)] ?? 4;
    this.#attempt += 1;
    setTimeout(() => void this.open(), seconds * 1000);
  }
}
