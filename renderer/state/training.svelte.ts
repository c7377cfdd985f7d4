import type { RunConfiguration } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import type { WindowEvent } from '../../native/contract/window.ts';
import { Batches } from '../logic/batches.ts';
import { Listeners } from '../logic/listeners.ts';
import type { Connection } from './connection.svelte.ts';
import type { Engines } from './engines.svelte.ts';
import { epochsKept, RunTrace } from './trace.svelte.ts';

type MeasuredEvent = Extract<WindowEvent, { event: 'progress' | 'metrics' | 'checkpoint' }>;
const measured = (event: WindowEvent): event is MeasuredEvent =>
  ['progress', 'metrics', 'checkpoint'].includes(event.event);

/** Time between two redrawings of the curves: smooth to look at, and time enough for everything else. */
const redrawMilliseconds = 40;

/** Time between two looks at a run that another process works on. */
const lookAgainMilliseconds = 1000;

/** Runs that train, wait or were opened: their traces, and the commands that steer the one at work. */
export class Training {
  /** The run whose curves and results are looked at. */
  shown = $state.raw<RunTrace | undefined>();
  /** The run at work. */
  current = $state.raw<RunTrace | undefined>();
  /** Runs that wait for it, in their order. */
  queued = $state.raw<readonly string[]>([]);
  /** Why the last command failed. */
  error = $state.raw<ErrorMessage | undefined>();
  busy = $state(false);
  /** A run began or ended: the list of runs has changed. */
  readonly runsChanged = new Listeners();
  /** A run was stopped before it trained, with a message of what became of it. */
  readonly givenUp = new Listeners<[message: string]>();
  readonly #connection: Connection;
  readonly #engines: Engines;
  readonly #traces = new Map<string, RunTrace>();
  /** Runs that another process works on, about to be looked at again. */
  readonly #heldElsewhere = new Set<RunTrace>();
  /** Measurements that no curve shows yet: each time some are taken, all curves are redrawn. */
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

  /** Why the run at work cannot be steered in a way now; no reason where it can. */
  readonly reasons: Readonly<Record<'pause' | 'oneEpoch' | 'stop', string | undefined>> = $derived.by(() => {
    const state = this.current?.active === true ? this.current.state : undefined;
    const none = this.#connection.reason ?? (state === undefined ? 'No run is training.' : undefined);
    return {
      pause: none ?? (state === 'training' || state === 'paused' ? undefined : 'The run is still being prepared.'),
      oneEpoch: none ?? (state === 'paused' ? undefined : 'Pause the run first.'),
      stop: none,
    };
  });

  /** Finds the run at work, after the window was opened or the line came back. */
  async findCurrent(): Promise<void> {
    const status = await this.#connection.call('status', {});
    this.queued = status.queued;
    if (status.current === undefined) {
      // Whatever was at work has ended meanwhile.
      for (const trace of new Set([this.current, this.shown])) if (trace?.active === true) await this.#settle(trace);
      return;
    }
    const trace = this.trace(status.current);
    if (status.state !== undefined) trace.state = status.state;
    this.current = trace;
    this.shown ??= trace;
    await this.reload(trace, true);
  }

  /** Shows the run that was looked at when the window was left, unless another one is by now. */
  async showAgain(run: string): Promise<void> {
    const trace = this.trace(run);
    await this.reload(trace);
    this.shown ??= trace;
  }

  /** Lets go of a run that is no more. */
  forget(run: string): void {
    this.#traces.delete(run);
    this.#unqueue(run);
    if (this.current?.run === run) this.current = undefined;
    if (this.shown?.run === run) this.shown = this.current?.active === true ? this.current : undefined;
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

  /** Starts a run, or lets it wait behind the one at work. `show` says whether its curves are looked at. */
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

  /** Goes on with a run that ended before it was done, from its last checkpoint; it may have to wait, too. */
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
  /** Goes on with the run at work, with the changes made to it while it was paused. */
  resume = (): Promise<void> => this.#goOn('resume');
  oneEpoch = (): Promise<void> => this.#goOn('oneEpoch');

  /** Ends a run with what it has found so far; one that waits is taken out of the queue. */
  stop(run = this.current?.run): Promise<void> {
    return this.#command(async () => {
      if (run !== undefined) await this.#connection.call('stop', { run });
    });
  }

  #goOn(call: 'resume' | 'oneEpoch'): Promise<void> {
    return this.#steer(async (trace) => {
      const { run, change } = trace;
      await this.#connection.call(call, trace.changed ? { run, change } : { run });
      trace.change = {};
    });
  }

  /** A run was taken in: it is at work from now on, or waits for the one that is. */
  #accepted(trace: RunTrace): void {
    this.#engines.dismiss('train');
    const first = this.current?.active !== true || this.current === trace;
    // An event may have told more already.
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
    // In the order in which they came.
    this.#measured.flush();
    const trace = this.trace(event.run);
    const before = trace.state;
    trace.take([event]);
    if (event.event === 'phase' && event.state === 'queued' && this.current !== trace) this.#enqueue(event.run);
    // Its folder took only now how it ended.
    if (event.event === 'phase' && event.state === 'failed' && before === 'failed') this.runsChanged.call();
    if (event.event === 'failed' && event.error.code === 'cancelled') void this.#giveUp(trace, event.error.message);
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
      // What was meant for the pause before does not hold for the next one.
      if (trace.state !== 'paused') trace.change = {};
      // The run folder knows its name, the changes made while paused, and its result.
      this.reload(trace, true).catch(() => undefined);
      this.runsChanged.call();
    }
  }

  /** A run that was stopped before it trained stands where it stood before, or is gone with its folder. */
  async #giveUp(trace: RunTrace, message: string): Promise<void> {
    this.#unqueue(trace.run);
    await this.#settle(trace);
    this.givenUp.call(message);
    this.runsChanged.call();
  }

  /**
   * Takes over how a run stands that our process does not work on. One that another process holds, as an engine does for
   * a moment after its host has crashed, is looked at again until that lets go of it.
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
      // Gone on with here meanwhile, or not looked at any more.
      if (this.current === trace || this.shown !== trace) return;
      void this.#settle(trace)
        .catch(() => undefined)
        .then(() => {
          if (!trace.active) this.runsChanged.call();
        });
    }, lookAgainMilliseconds);
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
