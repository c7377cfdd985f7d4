import { engineRoles, type EngineRole } from '../../native/contract/engine.ts';
import { toErrorMessage } from '../../native/contract/errors.ts';
import type { HostEvent } from '../../native/contract/window.ts';
import { Listeners } from '../logic/listeners.ts';
import type { Connection } from './connection.svelte.ts';

type EngineEvent = Extract<HostEvent, { event: 'engine' }>;
type EngineState = EngineEvent['state'];

/** What happened to a process that ended by itself. */
interface Crash {
  readonly message: string;
  /** The run that was under way in it. */
  readonly run: string | undefined;
}

/** The engine's two processes as the host tells of them: whether they run, why one ended, and starting it again. */
export class Engines {
  /** Nothing until the host has said so. */
  states = $state.raw<Readonly<Partial<Record<EngineRole, EngineState>>>>({});
  crashes = $state.raw<Readonly<Partial<Record<EngineRole, Crash>>>>({});
  /** A process works that was started in the place of another. */
  readonly restarted = new Listeners<[EngineRole]>();
  readonly #connection: Connection;
  /** Processes that ended since the line was opened: what was asked of them is to be asked again. */
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

  /** The processes that ended by themselves, with what is to be said of that. */
  readonly ended: readonly { role: EngineRole; crash: Crash }[] = $derived(
    engineRoles.flatMap((role) => {
      const crash = this.crashes[role];
      return crash === undefined ? [] : [{ role, crash }];
    }),
  );

  /** Whether a process is gone and does not start again by itself. */
  isDown(role: EngineRole): boolean {
    return this.states[role] === 'crashed';
  }

  /** Whether what is said of a process that ended is about this run, with a way to go on with it. */
  tellsOf(run: string): boolean {
    return this.ended.some(({ crash }) => crash.run === run);
  }

  /** Takes what was said of a process as read. */
  dismiss(role: EngineRole): void {
    this.crashes = { ...this.crashes, [role]: undefined };
  }

  /** Starts a process again that has ended; why that failed is told like its end. */
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
