import type { RunConfiguration } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import type { WindowEvent } from '../../native/contract/window.ts';
import type { Connection, Request } from './connection.svelte.ts';
import { epochsKept, RunTrace } from './trace.svelte.ts';

export type PausedChange = NonNullable<Request<'resume'>['change']>;

type MeasuredEvent = Extract<WindowEvent, { event: 'progress' | 'metrics' | 'checkpoint' }>;
const measured = (event: WindowEvent): event is MeasuredEvent =>
  ['progress', 'metrics', 'checkpoint'].includes(event.event);

/** Time between two redrawings of the curves: smooth to look at, and time enough for everything else. */
const redrawMilliseconds = 40;

/** Runs that train, wait or were opened: their traces, and the commands that steer the one at work. */
export class Training {
  /** The run whose curves and results are looked at. */
  shown = $state.raw<RunTrace | undefined>();
  /** The run at work. */
  current = $state.raw<RunTrace | undefined>();
  queued = $state.raw<readonly string[]>([]);
  /** Why the last command failed. */
  error = $state.raw<ErrorMessage | undefined>();
  /** What happened to the engine, when it ended by itself. */
  crash = $state.raw<{ readonly message: string; readonly run: string | undefined } | undefined>();
  busy = $state(false);
  readonly #connection: Connection;
  readonly #traces = new Map<string, RunTrace>();
  readonly #endListeners = new Set<() => void>();
  /** Measurements that no curve shows yet. */
  readonly #waiting: MeasuredEvent[] = [];
  /** When measurements were taken last. */
  #taken = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onEvent((event) => {
      this.#take(event);
    });
  }

  /** Calls `listener` when a run begins or ends: the list of runs has changed. */
  onRunsChanged(listener: () => void): void {
    this.#endListeners.add(listener);
  }

  /** Finds the run at work, after the window was opened or the line came back. */
  async findCurrent(): Promise<void> {
    const status = await this.#connection.call('status', {});
    this.queued = status.queued;
    if (status.current === undefined) {
      this.current = undefined;
      if (this.shown?.active === true) await this.reload(this.shown);
      return;
    }
    const trace = this.trace(status.current);
    await this.reload(trace);
    if (status.state !== undefined) trace.state = status.state;
    this.current = trace;
    this.shown ??= trace;
  }

  /** The one trace of a run. */
  trace(run: string): RunTrace {
    const known = this.#traces.get(run);
    if (known !== undefined) return known;
    const trace = new RunTrace(run);
    this.#traces.set(run, trace);
    return trace;
  }

  /** Reads the run folder: configuration, curves, result. */
  async reload(trace: RunTrace, newerState = false): Promise<void> {
    const { run } = trace;
    const [record, metrics, checkpoints] = await Promise.all([
      this.#connection.call('runRecord', { run }),
      this.#connection.call('runMetrics', { run, most: epochsKept }),
      this.#connection.call('runCheckpoints', { run }),
    ]);
    trace.load(
      record,
      metrics,
      checkpoints.map(({ epoch }) => epoch),
      newerState,
    );
  }

  /** Shows a run of the list. */
  async show(run: string): Promise<RunTrace> {
    const trace = this.trace(run);
    if (!trace.active || trace.record === undefined) await this.reload(trace);
    this.shown = trace;
    return trace;
  }

  /** Starts a run, or lets it wait behind the one at work. `show` says whether its curves are looked at. */
  async start(configuration: RunConfiguration, show = true): Promise<RunTrace | undefined> {
    let started: RunTrace | undefined;
    await this.#command(async () => {
      this.crash = undefined;
      const { run } = await this.#connection.call('start', { configuration });
      const trace = this.trace(run);
      trace.configuration = configuration;
      trace.name = configuration.name ?? '';
      if (this.current?.active !== true) this.current = trace;
      else if (this.current !== trace) this.queued = [...this.queued, run];
      if (show) this.shown = trace;
      started = trace;
      this.#changed();
    });
    return started;
  }

  pause = (): Promise<void> => this.#steer((run) => this.#connection.call('pause', { run }));
  oneEpoch = (): Promise<void> => this.#steer((run) => this.#connection.call('oneEpoch', { run }));
  stop = (): Promise<void> => this.#steer((run) => this.#connection.call('stop', { run }));

  resume(change?: PausedChange): Promise<void> {
    return this.#steer((run) => this.#connection.call('resume', change === undefined ? { run } : { run, change }));
  }

  /** Goes on with a run that ended before it was done, from its last checkpoint. */
  resumeRun(run: string): Promise<void> {
    return this.#command(async () => {
      this.crash = undefined;
      const trace = this.trace(run);
      if (trace.record === undefined) await this.reload(trace);
      await this.#connection.call('resumeRun', { run });
      trace.error = undefined;
      trace.result = undefined;
      trace.state = 'preparing';
      this.current = trace;
      this.shown = trace;
      this.#changed();
    });
  }

  async #steer(call: (run: string) => Promise<unknown>): Promise<void> {
    const run = this.current?.run;
    if (run !== undefined) await this.#command(() => call(run));
  }

  async #command(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      await work();
    } catch (error) {
      this.error = toErrorMessage(error);
    } finally {
      this.busy = false;
    }
  }

  #take(event: WindowEvent): void {
    if (event.event === 'menu' || event.event === 'open-file') return;
    if (event.event === 'engine') {
      this.#takeMeasured();
      this.#takeEngine(event);
      return;
    }
    if (measured(event)) {
      this.#takeSoon(event);
      return;
    }
    // In the order in which they came.
    this.#takeMeasured();
    const trace = this.trace(event.run);
    const before = trace.state;
    trace.take([event]);
    this.#followState(trace, before);
  }

  /** Takes what comes rarely at once, and what comes quickly a few times a second: each time all curves are redrawn. */
  #takeSoon(event: MeasuredEvent): void {
    this.#waiting.push(event);
    const quiet = this.#taken + redrawMilliseconds - performance.now();
    if (quiet <= 0) this.#takeMeasured();
    else
      this.#timer ??= setTimeout(() => {
        this.#takeMeasured();
      }, quiet);
  }

  #takeMeasured(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#taken = performance.now();
    const events = this.#waiting.splice(0);
    for (const run of new Set(events.map((event) => event.run))) {
      const trace = this.trace(run);
      const before = trace.state;
      trace.take(events.filter((event) => event.run === run));
      this.#followState(trace, before);
    }
  }

  #followState(trace: RunTrace, before: RunTrace['state']): void {
    if (trace.active && trace.state !== 'queued' && this.current?.run !== trace.run) {
      this.current = trace;
      this.queued = this.queued.filter((run) => run !== trace.run);
      this.shown ??= trace;
    }
    if (trace.state !== before) {
      // The run folder knows its name, the changes made while paused, and its result.
      this.reload(trace, true).catch(() => undefined);
      this.#changed();
    }
  }

  #takeEngine(event: Extract<WindowEvent, { event: 'engine' }>): void {
    if (event.role !== 'train') return;
    if (event.state === 'crashed') {
      this.crash = { message: event.message ?? 'The engine ended unexpectedly.', run: event.run };
      if (this.current?.active === true) this.current.state = 'interrupted';
      this.queued = [];
      this.#changed();
    }
  }

  #changed(): void {
    for (const listener of this.#endListeners) listener();
  }
}
