import { engineRoles, type EngineRole } from '../../native/contract/engine.ts';
import { toErrorMessage } from '../../native/contract/errors.ts';
import type { HostEvent } from '../../native/contract/window.ts';
import { Listeners } from '../logic/listeners.ts';
import type { Connection } from './connection.svelte.ts';

type EngineEvent = Extract<HostEvent, { event: 'engine' }>;
type EngineState = EngineEvent['state'];

/** Unexpected end of a process. */
interface Crash {
  readonly message: string;
  /** The run that was active in it. */
  readonly run: string | undefined;
}

/** The engine's two processes: their states, why one ended, and restarting it. */
export class Engines {
  /** Empty until the host reports the states. */
  states = $state.raw<Readonly<Partial<Record<EngineRole, EngineState>>>>({});
  crashes = $state.raw<Readonly<Partial<Record<EngineRole, Crash>>>>({});
  /** Called when a restarted process is running. */
  readonly restarted = new Listeners<[EngineRole]>();
  readonly #connection: Connection;
  /** Processes that ended since the connection opened; their requests must be repeated. */
  readonly #gone = new Set<EngineRole>();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.opened.add(() => {
      this.states = {};
      this.#gone.clear();
    });
    connection.events.add((event) => {
      if (event.event === 'engine') this.#take(event);
    });
  }

  /** Processes that ended unexpectedly, with the message about each. */
  readonly ended: readonly { role: EngineRole; crash: Crash }[] = $derived(
    engineRoles.flatMap((role) => {
      const crash = this.crashes[role];
      return crash === undefined ? [] : [{ role, crash }];
    }),
  );

  /** Whether a process has ended and does not restart by itself. */
  isDown(role: EngineRole): boolean {
    return this.states[role] === 'crashed';
  }

  /** Whether the message about an ended process concerns this run and offers to resume it. */
  reportsEndOf(run: string): boolean {
    return this.ended.some(({ crash }) => crash.run === run);
  }

  /** Removes the message about a process. */
  dismiss(role: EngineRole): void {
    this.crashes = { ...this.crashes, [role]: undefined };
  }

  /** Restarts an ended process; a failure is shown like a crash. */
  async restart(role: EngineRole): Promise<void> {
    try {
      this.dismiss(role);
      await this.#connection.call('restartEngine', { role });
    } catch (error) {
      this.crashes = { ...this.crashes, [role]: { message: toErrorMessage(error).message, run: undefined } };
    }
  }

  #take({ role, state, message, run }: EngineEvent): void {
    if (state === 'crashed' || (state === 'starting' && this.states[role] === 'running')) this.#gone.add(role);
    this.states = { ...this.states, [role]: state };
    if (state === 'crashed')
      this.crashes = { ...this.crashes, [role]: { message: message ?? 'The engine ended unexpectedly.', run } };
    if (state === 'running' && this.#gone.delete(role)) this.restarted.call(role);
  }
}
