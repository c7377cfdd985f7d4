import type { RunConfiguration } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import type { WindowEvent } from '../../native/contract/window.ts';
import { Batches } from '../logic/eventBatches.ts';
import { Listeners } from '../logic/listeners.ts';
import type { Connection } from './connection.svelte.ts';
import type { Engines } from './engines.svelte.ts';
import { epochsKept, RunTrace } from './trace.svelte.ts';

type MeasuredEvent = Extract<WindowEvent, { event: 'progress' | 'metrics' | 'checkpoint' }>;
const measured = (event: WindowEvent): event is MeasuredEvent =>
  ['progress', 'metrics', 'checkpoint'].includes(event.event);

/** Time between two redraws of the curves: short enough to look smooth, long enough for other work. */
const redrawMilliseconds = 40;
/** Time between two checks of a run that another process owns. */
const recheckMilliseconds = 1000;

/** Active, queued and opened runs: their traces, and the commands for the active one. */
export class Training {
  /** The run whose curves and results are shown. */
  shown = $state.raw<RunTrace | undefined>();
  /** The active run, or the last one. */
  current = $state.raw<RunTrace | undefined>();
  /** Queued runs, in order. */
  queued = $state.raw<readonly string[]>([]);
  /** Why the last command failed. */
  error = $state.raw<ErrorMessage | undefined>();
  busy = $state(false);
  /** Called when the list of runs changes, such as after a start or an end. */
  readonly runsChanged = new Listeners();
  /** Called when a run was stopped before it trained, with a message about it. */
  readonly cancelled = new Listeners<[message: string]>();
  readonly #connection: Connection;
  readonly #engines: Engines;
  readonly #traces = new Map<string, RunTrace>();
  /** Runs that another process owns, waiting for the next check. */
  readonly #heldElsewhere = new Set<RunTrace>();
  /** Measurements not yet drawn, in batches because each batch redraws all curves. */
  readonly #measured = new Batches<MeasuredEvent>(redrawMilliseconds, (events) => {
    this.#takeMeasured(events);
  });

  constructor(connection: Connection, engines: Engines) {
    this.#connection = connection;
    this.#engines = engines;
    connection.events.add((event) => {
      this.#take(event);
    });
  }

  /** Why each command for the active run is not available now; `undefined` if it is. */
  readonly reasons: Readonly<Record<'pause' | 'oneEpoch' | 'stop', string | undefined>> = $derived.by(() => {
    const state = this.current?.active === true ? this.current.state : undefined;
    const none = this.#connection.reason ?? (state === undefined ? 'No run is training.' : undefined);
    return {
      pause: none ?? (state === 'training' || state === 'paused' ? undefined : 'The run is still being prepared.'),
      oneEpoch: none ?? (state === 'paused' ? undefined : 'Pause the run first.'),
      stop: none,
    };
  });

  /** Finds the active run, after the window opened or reconnected. */
  async findCurrent(): Promise<void> {
    const status = await this.#connection.call('status', {});
    this.queued = status.queued;
    if (status.current === undefined) {
      // The runs that were active have ended meanwhile.
      for (const trace of new Set([this.current, this.shown])) if (trace?.active === true) await this.#settle(trace);
      return;
    }
    const trace = this.trace(status.current);
    if (status.state !== undefined) trace.state = status.state;
    this.current = trace;
    this.shown ??= trace;
    await this.reload(trace, true);
  }

  /** Shows the run that the window showed before it closed, unless another one is shown. */
  async showAgain(run: string): Promise<void> {
    const trace = this.trace(run);
    await this.reload(trace);
    this.shown ??= trace;
  }

  /** Removes a deleted run. */
  forget(run: string): void {
    this.#traces.delete(run);
    this.#unqueue(run);
    if (this.current?.run === run) this.current = undefined;
    if (this.shown?.run === run) this.shown = this.current?.active === true ? this.current : undefined;
  }

  /** The trace of a run, created on first use. */
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
    const epochs = checkpoints.map(({ epoch }) => epoch);
    trace.load(record, metrics, epochs, newerState);
  }

  /** Shows a run of the list. */
  async show(run: string): Promise<RunTrace> {
    const trace = this.trace(run);
    if (!trace.active || trace.record === undefined) await this.reload(trace);
    this.shown = trace;
    return trace;
  }

  /** Starts a run, or queues it behind the active one. `show`: whether to show its curves. */
  async start(configuration: RunConfiguration, show = true): Promise<RunTrace | undefined> {
    let started: RunTrace | undefined;
    await this.#command(async () => {
      const { run } = await this.#connection.call('start', { configuration });
      const trace = this.trace(run);
      trace.configuration = configuration;
      trace.name = configuration.name ?? '';
      this.#accepted(trace);
      if (show) this.shown = trace;
      started = trace;
    });
    return started;
  }

  /** Resumes a run that ended early from its last checkpoint, or queues it. */
  resumeRun(run: string): Promise<void> {
    return this.#command(async () => {
      const trace = this.trace(run);
      if (trace.record === undefined) await this.reload(trace);
      await this.#connection.call('resumeRun', { run });
      trace.error = undefined;
      trace.result = undefined;
      this.#accepted(trace);
      this.shown = trace;
    });
  }

  pause = (): Promise<void> => this.#steer(({ run }) => this.#connection.call('pause', { run }));
  /** Resumes the active run with the changes made while it was paused. */
  resume = (): Promise<void> => this.#resumeBy('resume');
  oneEpoch = (): Promise<void> => this.#resumeBy('oneEpoch');

  /** Stops a run and keeps its result so far, or removes it from the queue. */
  stop(run = this.current?.run): Promise<void> {
    return this.#command(async () => {
      if (run !== undefined) await this.#connection.call('stop', { run });
    });
  }

  #resumeBy(call: 'resume' | 'oneEpoch'): Promise<void> {
    return this.#steer(async (trace) => {
      const { run, change } = trace;
      await this.#connection.call(call, trace.changed ? { run, change } : { run });
      trace.change = {};
    });
  }

  /** Marks a run as started, or as queued behind the active one. */
  #accepted(trace: RunTrace): void {
    this.#engines.dismiss('train');
    const first = this.current?.active !== true || this.current === trace;
    // An event may have reported a newer state.
    if (!trace.active) trace.state = first ? 'preparing' : 'queued';
    if (first) this.current = trace;
    else this.#enqueue(trace.run);
    this.runsChanged.call();
  }

  #enqueue(run: string): void {
    if (!this.queued.includes(run)) this.queued = [...this.queued, run];
  }

  #unqueue(run: string): void {
    this.queued = this.queued.filter((other) => other !== run);
  }

  async #steer(call: (trace: RunTrace) => Promise<unknown>): Promise<void> {
    const { current } = this;
    if (current !== undefined) await this.#command(() => call(current));
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
    if (event.event === 'engine') {
      this.#measured.flush();
      this.#takeEngine(event);
      return;
    }
    if (!('run' in event)) return;
    if (measured(event)) {
      this.#measured.add(event);
      return;
    }
    // Keep the order of events.
    this.#measured.flush();
    const trace = this.trace(event.run);
    const before = trace.state;
    trace.take([event]);
    if (event.event === 'phase' && event.state === 'queued' && this.current !== trace) this.#enqueue(event.run);
    // A second `failed` phase means that the run folder has recorded the failure.
    if (event.event === 'phase' && event.state === 'failed' && before === 'failed') this.runsChanged.call();
    if (event.event === 'failed' && event.error.code === 'cancelled')
      void this.#refreshCancelled(trace, event.error.message);
    else this.#followState(trace, before);
  }

  #takeMeasured(events: readonly MeasuredEvent[]): void {
    for (const run of new Set(events.map((event) => event.run))) {
      const trace = this.trace(run);
      const before = trace.state;
      trace.take(events.filter((event) => event.run === run));
      this.#followState(trace, before);
    }
  }

  #followState(trace: RunTrace, before: RunTrace['state']): void {
    if (trace.state !== 'queued') this.#unqueue(trace.run);
    if (trace.active && trace.state !== 'queued' && this.current?.run !== trace.run) {
      this.current = trace;
      this.shown ??= trace;
    }
    if (trace.state !== before) {
      // Changes made in one pause do not apply to the next.
      if (trace.state !== 'paused') trace.change = {};
      // The run folder has the run's name, the changes made while paused, and its result.
      this.reload(trace, true).catch(() => undefined);
      this.runsChanged.call();
    }
  }

  /** Refreshes a run that was stopped before it trained: it has its earlier state, or its folder is deleted. */
  async #refreshCancelled(trace: RunTrace, message: string): Promise<void> {
    this.#unqueue(trace.run);
    await this.#settle(trace);
    this.cancelled.call(message);
    this.runsChanged.call();
  }

  /**
   * Refreshes the state of a run that another process owns, until that process releases it. The engine of a crashed
   * host does so after a moment.
   */
  async #settle(trace: RunTrace): Promise<void> {
    try {
      await this.reload(trace);
    } catch (error) {
      if (toErrorMessage(error).code !== 'run') throw error;
      this.forget(trace.run);
      return;
    }
    if (!trace.active || this.#heldElsewhere.has(trace)) return;
    if (this.current === trace) this.current = undefined;
    this.#heldElsewhere.add(trace);
    setTimeout(() => {
      this.#heldElsewhere.delete(trace);
      // The run was resumed here meanwhile, or is no longer shown.
      if (this.current === trace || this.shown !== trace) return;
      void this.#settle(trace)
        .catch(() => undefined)
        .then(() => {
          if (!trace.active) this.runsChanged.call();
        });
    }, recheckMilliseconds);
  }

  #takeEngine(event: Extract<WindowEvent, { event: 'engine' }>): void {
    if (event.role !== 'train' || event.state !== 'crashed') return;
    if (this.current?.active === true) {
      this.current.state = 'interrupted';
      this.current.change = {};
    }
    for (const run of this.queued) this.trace(run).state = 'interrupted';
    this.queued = [];
    this.runsChanged.call();
  }
}
