import path from 'node:path';
import type { Client, Declarations } from '../../native/contract/channel.ts';
import { connect } from '../../native/contract/channel.ts';
import type { EngineCallName, EngineEvent, EngineRole } from '../../native/contract/engine.ts';
import { engineCalls, engineEventsSchema } from '../../native/contract/engine.ts';
import { z } from 'zod';
import { OrthantError } from '../../native/contract/errors.ts';
import type { HostEvent } from '../../native/contract/window.ts';
import type { EngineProcess, Environment, LaunchEngine } from './engineProcess.ts';
import type { WatchedRun } from './runWatch.ts';
import { RunWatch } from './runWatch.ts';

type EngineState = Extract<HostEvent, { event: 'engine' }>;

/** A process that crashes this often within {@link crashWindow} is not restarted automatically. */
const mostCrashes = 3;
/** In milliseconds. */
const crashWindow = 60_000;

/** The first call to a new process: once it is answered, the process has loaded and works. */
const greeting = { data: 'methods', train: 'status' } as const satisfies Record<EngineRole, EngineCallName>;

/** The calls as they are passed on: requests are checked here, responses by the calling window. */
const forwarded: Declarations = Object.fromEntries(
  Object.entries(engineCalls).map(([name, call]) => [name, { ...call, answer: z.unknown() }]),
);

export interface EngineOwnerOptions {
  readonly role: EngineRole;
  readonly launch: LaunchEngine;
  /** Finds the variables that the process needs in its environment; none by default. */
  readonly environment?: () => Promise<Environment>;
  /** Called when the process starts, runs, or has crashed. */
  readonly onState: (state: EngineState) => void;
  /** Called for every event of the process. */
  readonly onEvent: (event: EngineEvent) => void;
}

/**
 * Owns the engine process of one role: starts it, passes calls on, notices its end, reports the state of the run,
 * restarts it, and ends it with the host.
 */
export class EngineOwner {
  readonly runs = new RunWatch();
  readonly #options: EngineOwnerOptions;
  #process: EngineProcess | undefined;
  /** Resolves once a process is launched. */
  #launching: Promise<void> | undefined;
  /** Variables of the process, kept for the next one. */
  #environment: Environment | undefined;
  #client: Client<Declarations> | undefined;
  #state: EngineState;
  #crashes: number[] = [];
  #closed = false;
  /** Processes that are being ended on purpose; their end is not a crash. */
  readonly #dismissed = new WeakSet<EngineProcess>();

  constructor(options: EngineOwnerOptions) {
    this.#options = options;
    this.#state = { event: 'engine', role: options.role, state: 'starting' };
  }

  /** The last reported state of the process. */
  get state(): EngineState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The variables the process was started with beside the host's own. */
  get environment(): Environment {
    return this.#environment ?? {};
  }

  /** Starts the process unless it runs. */
  start(): void {
    if (this.#process !== undefined || this.#launching !== undefined || this.#closed) return;
    this.#say({ event: 'engine', role: this.#options.role, state: 'starting' });
    this.#launching = this.#launch()
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        const message = describeCrash(this.#options.role, reason, { wasRunning: false, again: false, run: undefined });
        this.#say({ event: 'engine', role: this.#options.role, state: 'crashed', message });
      })
      .finally(() => {
        this.#launching = undefined;
      });
  }

  async #launch(): Promise<void> {
    // Without its variables the process still starts, with less of the machine; `doctor` reports what is missing.
    this.#environment ??= (await this.#options.environment?.().catch(() => undefined)) ?? {};
    if (this.#closed) return;
    const started = this.#options.launch(this.#options.role, this.#environment);
    this.#process = started;
    const { port } = started;
    const client = connect(
      {
        send: (message) => {
          port.send(message);
        },
        onMessage: (listener) => {
          port.onMessage(listener);
        },
        // The owner notices the end first, so that a failed call already finds the new state.
        onClose: (listener) => {
          port.onClose((reason) => {
            listener(this.#ended(started, reason));
          });
        },
      },
      forwarded,
    );
    this.#client = client;
    client.subscribe((raw) => {
      const events = engineEventsSchema.safeParse(raw);
      if (!events.success) return;
      for (const event of events.data) {
        this.runs.record(event);
        this.#options.onEvent(event);
      }
    });
    const works = (): void => {
      if (this.#process === started) this.#say({ event: 'engine', role: this.#options.role, state: 'running' });
    };
    client.call(greeting[this.#options.role], {}).then(works, (error: unknown) => {
      // An error response proves that the process works: callers that need that call report the error.
      if (!(error instanceof OrthantError && error.code === 'crashed')) works();
    });
  }

  /**
   * Passes a call on to the process; aborting `signal` cancels it there.
   *
   * @throws OrthantError as the process threw it; `crashed` when it has ended or ends meanwhile
   */
  async call(name: EngineCallName, request: unknown, options: { signal?: AbortSignal } = {}): Promise<unknown> {
    await this.#launching;
    if (this.#closed) throw new OrthantError('crashed', 'Orthant is closing.');
    if (this.#client === undefined) {
      throw new OrthantError('crashed', this.#state.message ?? 'The engine process is not running.');
    }
    return this.#client.call(name, request, options);
  }

  /**
   * Ends the process if there is one and starts a new one.
   *
   * @param environment - its variables; by default they are found anew
   */
  async restart(environment?: Environment): Promise<void> {
    this.#crashes = [];
    await this.#dismiss();
    this.#environment = environment;
    this.start();
    await this.#launching;
  }

  /** Ends the process for good; resolves once it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#dismiss();
  }

  async #dismiss(): Promise<void> {
    await this.#launching;
    const old = this.#process;
    if (old === undefined) return;
    this.#dismissed.add(old);
    await old.stop();
  }

  #say(state: EngineState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  /** @returns the message for the user whose call failed */
  #ended(process: EngineProcess, reason: string): string {
    const wasRunning = this.#state.state === 'running';
    this.#process = undefined;
    this.#client = undefined;
    const run = this.runs.forgetAll();
    if (this.#closed || this.#dismissed.has(process)) return 'The engine process was ended.';

    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < crashWindow), now];
    const again = this.#crashes.length < mostCrashes;
    const message = describeCrash(this.#options.role, reason, { wasRunning, again, run });
    this.#say({
      event: 'engine',
      role: this.#options.role,
      state: 'crashed',
      message,
      ...(run === undefined ? {} : { run: run.run }),
    });
    // Not at once: this function's caller is still rejecting the calls of the old process.
    if (again)
      setImmediate(() => {
        this.start();
      });
    return message;
  }
}

function describeCrash(
  role: EngineRole,
  reason: string,
  { wasRunning, again, run }: { wasRunning: boolean; again: boolean; run: WatchedRun | undefined },
): string {
  const name = role === 'train' ? 'training' : 'data';
  const what = `The ${name} process ${wasRunning ? 'ended unexpectedly' : 'could not start'} (${reason})`;
  const left = ((): string => {
    if (run === undefined) return role === 'train' ? 'Your runs are kept.' : 'Your tables and runs are kept.';
    const { checkpoint } = run;
    // The folder's name contains date and title; the user knows the folder of all runs.
    const title = path.basename(run.run);
    return checkpoint === undefined
      ? `The run "${title}" was under way and had no checkpoint yet; start it again.`
      : `The run "${title}" was under way; its last checkpoint is of epoch ${checkpoint.epoch} (step ${checkpoint.step.toLocaleString('en-GB')}). Resume it to continue from there.`;
  })();
  const next = again
    ? 'A new process was started.'
    : `It was not restarted automatically: choose "Start the engine again", or run "npm run orthant -- doctor" to see what is wrong.`;
  return `${what}. ${left} ${next}`;
}
