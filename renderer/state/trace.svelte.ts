import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { EngineEvent } from '../../native/contract/engine.ts';
import { evenly, fewEpochs } from '../../native/base/evenly.ts';
import type { ErrorMessage } from '../../native/contract/errors.ts';
import type { EpochMetrics, TrainingResult } from '../../native/contract/results.ts';
import { isActive, type PausedChange, type RunRecord, type RunState } from '../../native/contract/runRecord.ts';
import type { Warning } from '../../native/contract/inspection.ts';
import { marksOf, type Mark } from '../logic/marks.ts';

interface Progress {
  /** The current epoch, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Current step of the run's `steps`. */
  readonly step: number;
  readonly steps: number;
  readonly secondsLeft: number;
}

/** More epochs are thinned evenly: no screen shows more, and the run folder has all. */
export const epochsKept = 2000;
/** Limit for points of the live objective, between the epochs. */
const objectivesKept = 2000;
/** Limit for marks of checkpoints. */
const checkpointsKept = 400;

/** One run as the window knows it: its configuration, curves and result. */
export class RunTrace {
  readonly run: string;
  state = $state<RunState>('queued');
  message = $state('');
  name = $state('');
  configuration = $state.raw<RunConfiguration | undefined>();
  record = $state.raw<RunRecord | undefined>();
  metrics = $state.raw<readonly EpochMetrics[]>([]);
  progress = $state.raw<Progress | undefined>();
  /** Running mean of the objective over fractional epochs. */
  objective = $state.raw<{ readonly x: readonly number[]; readonly y: readonly number[] }>({ x: [], y: [] });
  checkpoints = $state.raw<readonly number[]>([]);
  warnings = $state.raw<readonly Warning[]>([]);
  result = $state.raw<TrainingResult | undefined>();
  error = $state.raw<ErrorMessage | undefined>();
  /** Changes made while paused, applied when the run resumes. */
  change = $state.raw<PausedChange>({});

  constructor(run: string) {
    this.run = run;
  }

  // Getters, not $derived: a trace may be created in a component's effect and must outlive it.
  get active(): boolean {
    return isActive(this.state);
  }

  get changed(): boolean {
    return Object.keys(this.change).length > 0;
  }

  get latest(): EpochMetrics | undefined {
    return this.metrics.at(-1);
  }

  get best(): EpochMetrics | undefined {
    return this.metrics.findLast((metrics) => metrics.best);
  }

  /** Epochs to train; 0 until they are known. */
  get epochs(): number {
    const { epochs = 0 } = this.configuration?.training ?? {};
    return (
      this.progress?.epochs ??
      this.record?.changes.findLast((change) => change.epochs !== undefined)?.epochs ??
      (epochs === 'auto' ? 0 : epochs)
    );
  }

  get marks(): readonly Mark[] {
    const { metrics, checkpoints, record, configuration } = this;
    return marksOf({
      metrics,
      checkpoints,
      changes: record?.changes ?? [],
      schedule: configuration?.training.schedule,
    });
  }

  /** Loads the content of the run folder. `newerState`: events have reported a newer state than the record's. */
  load(record: RunRecord, metrics: readonly EpochMetrics[], checkpoints: readonly number[], newerState = false): void {
    this.record = record;
    this.name = record.name;
    this.configuration = record.configuration;
    if (!newerState) this.state = record.state;
    this.result = record.result;
    this.error = record.error;
    this.takeMetrics(metrics);
    for (const epoch of checkpoints) this.#takeCheckpoint(epoch);
  }

  /** Adds epochs, each once. */
  takeMetrics(metrics: readonly EpochMetrics[]): void {
    const last = this.metrics.at(-1)?.epoch ?? 0;
    const first = metrics[0]?.epoch ?? 0;
    let all: readonly EpochMetrics[] = [...this.metrics, ...metrics];
    if (first <= last) {
      // A run resumed from a checkpoint repeats some epochs.
      const byEpoch = new Map(all.map((line) => [line.epoch, line]));
      all = [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
    }
    this.metrics = fewEpochs(all, epochsKept);
  }

  /** Applies events in order; epochs that arrive together are added together. */
  take(events: readonly EngineEvent[]): void {
    const metrics = events.flatMap((event) => (event.event === 'metrics' ? [event.metrics] : []));
    if (metrics.length > 0) this.takeMetrics(metrics);
    for (const event of events) this.#take(event);
  }

  #take(event: EngineEvent): void {
    switch (event.event) {
      case 'phase':
        this.state = event.state;
        this.message = event.message;
        break;
      case 'progress':
        this.progress = event;
        this.#takeObjective((event.step / Math.max(1, event.steps)) * event.epochs, event.objective);
        break;
      case 'metrics':
        break;
      case 'checkpoint':
        this.#takeCheckpoint(event.epoch);
        break;
      case 'warning':
        this.warnings = [...this.warnings, event.warning];
        break;
      case 'finished':
        this.result = event.result;
        this.state = event.result.stopped === 'by-request' ? 'stopped' : 'finished';
        break;
      case 'failed':
        this.error = event.error;
        this.state = 'failed';
        break;
    }
  }

  #takeCheckpoint(epoch: number): void {
    if (this.checkpoints.includes(epoch)) return;
    const all = [...this.checkpoints, epoch].sort((a, b) => a - b);
    this.checkpoints = evenly(all, checkpointsKept, (each) => each);
  }

  #takeObjective(x: number, y: number): void {
    if (x <= (this.objective.x.at(-1) ?? -1) || !Number.isFinite(y)) return;
    const [xs, ys] = [
      [...this.objective.x, x],
      [...this.objective.y, y],
    ];
    if (xs.length > objectivesKept) {
      const kept = evenly([...xs.keys()], objectivesKept, (index) => xs[index] ?? 0);
      this.objective = { x: kept.map((index) => xs[index] ?? 0), y: kept.map((index) => ys[index] ?? 0) };
    } else this.objective = { x: xs, y: ys };
  }
}
