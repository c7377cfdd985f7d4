import { existsSync } from 'node:fs';
import { OrthantError, toErrorMessage, type ErrorMessage } from '../contract/errors.ts';
import type { SettledConfiguration } from '../contract/configuration.ts';
import type { EngineEvent } from '../contract/engine.ts';
import type { TrainingResult } from '../contract/results.ts';
import type { PausedChange, RunChange, RunRecord, RunState } from '../contract/runRecord.ts';
import { gatherEvidence } from '../evidence/evidence.ts';
import type { DataSet } from '../data/dataset.ts';
import { checkBounds, leastTargets } from '../data/targets.ts';
import { rowCounts } from '../data/usableRows.ts';
import { runFiles, type RunFolder } from '../runs/folder.ts';
import { sourceName } from '../runs/list.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import { warningsFirst } from '../training/accuracyWarnings.ts';
import { withBaselines } from '../training/baselines.ts';
import { Trainer, type TrainingOutcome } from '../training/trainer.ts';
import { alongside } from './alongside.ts';
import { engineName } from './executionTexts.ts';
import { exportRun } from './exportRun.ts';
import { concludeIntervals } from './intervals.ts';
import { refuseOtherData, type DataSets } from './dataSets.ts';
import type { Job } from './jobs.ts';
import type { Library } from './library.ts';
import { RunEvents } from './runEvents.ts';
import { refuseTooLarge } from './memoryNeed.ts';
import { timed } from './timed.ts';
import type { PendingRunEnds } from './pendingRunEnds.ts';
import { settleRun } from './settleRun.ts';

export interface TrainJobOptions {
  /** The run's folder, locked for this process. */
  readonly folder: RunFolder;
  /** Resumes from the last complete checkpoint. */
  readonly resume: boolean;
  readonly library: Library;
  readonly dataSets: DataSets;
  readonly pendingRunEnds: PendingRunEnds;
  readonly emit: (event: EngineEvent) => void;
}

/**
 * One run from its configuration to its result: engine, data, training, evidence and export, each recorded in the run
 * folder and reported as events.
 */
export class TrainJob implements Job {
  readonly run: string;
  readonly folder: RunFolder;
  readonly #options: TrainJobOptions;
  readonly #abort = new AbortController();
  readonly #events: RunEvents;
  #trainer: Trainer | undefined;
  #pauseAtOnce = false;
  /** The state of the run before it was resumed. */
  readonly #stateBefore: RunState;
  #ended = false;

  constructor(options: TrainJobOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.run = options.folder.path;
    this.#events = new RunEvents(options.folder, options.emit);
    this.#stateBefore = options.folder.read().state;
  }

  get state(): RunState {
    return this.#events.state;
  }

  /** Reports that other runs come first. */
  announceWaiting(): void {
    this.#events.phase('queued', 'waiting for the run before it');
  }

  async start(): Promise<void> {
    try {
      const result = await this.#work();
      this.#end(result.stopped === 'by-request' ? 'stopped' : 'finished', { result });
      this.#options.emit({ event: 'finished', run: this.run, result });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Resolves when the run is over, or is paused and its checkpoint is written. */
  async pause(): Promise<void> {
    if (this.#trainer === undefined) this.#pauseAtOnce = true;
    else await this.#trainer.pause();
  }

  /**
   * @throws OrthantError `usage` if the run is not paused, `configuration` if the change is not possible
   */
  resume(change?: PausedChange): void {
    this.#pausedTrainer().resume(change);
  }

  /** Trains one epoch and pauses again; throws as {@link resume} does. */
  oneEpoch(change?: PausedChange): void {
    void this.#pausedTrainer().oneEpoch(change);
  }

  /** Ends training with a checkpoint and a result; a run that has not started to train is cancelled. */
  stop(): void {
    if (this.#trainer === undefined) this.#abort.abort();
    else this.#trainer.stop();
  }

  /** Cancels a run that was never started. */
  cancel(): void {
    this.#abort.abort();
    this.#fail(undefined);
  }

  async #work(): Promise<TrainingResult> {
    const { resume, library, dataSets } = this.#options;
    const record = this.folder.read();
    const { configuration: asked } = record;
    const checkpoint = resume ? this.folder.readLastCheckpoint() : undefined;

    this.#events.enter('preparing', 'starting the engine');
    if (checkpoint !== undefined) this.#events.checkpoint(checkpoint);
    const read = (signal: AbortSignal): Promise<DataSet> => dataSets.read(asked.data, signal);
    const { runtime, setup, dataset, reading } = await alongside(read, this.#abort.signal, async (data) => {
      const [runtime, setup] = await timed(() => library.open(asked.runtime));
      this.#abort.signal.throwIfAborted();
      for (const message of runtime.warnings) this.#events.warn({ message });
      this.#events.engine(runtime, record);

      this.#events.enter('preparing', `reading ${sourceName(asked.data.source)}`);
      const [dataset, reading] = await timed(() => data);
      this.#abort.signal.throwIfAborted();
      return { runtime, setup, dataset, reading };
    });
    for (const warning of dataset.preparation.warnings) this.#events.warn(warning);
    if (resume) refuseOtherData(record, dataset);
    const settled = settleRun(record, dataset);
    const { configuration } = settled;
    checkBounds(dataset, leastTargets(dataset.schema, configuration));
    refuseTooLarge(configuration, dataset, runtime);
    // From here on the run changes; until here an attempt to resume it has changed nothing.
    this.folder.removeModel();
    this.folder.truncateMetrics(checkpoint?.epoch ?? 0);
    const { source: data, schema } = dataset;
    this.folder.update({ ...settled, data, schema, result: undefined, error: undefined });

    const outcome = await this.#train(runtime, dataset, configuration, record, checkpoint);

    this.#events.phase('training', 'exporting and verifying the model');
    const { model, splits: covered, intervals } = await concludeIntervals(runtime.tf, outcome, dataset, configuration);
    const splits = withBaselines(covered, dataset);
    const evidence = gatherEvidence(model, splits);
    const files = { onnx: this.folder.file(runFiles.onnx), onnxJson: this.folder.file(runFiles.onnxJson) };
    const [report, exportSeconds] = await timed(() =>
      exportRun({
        model,
        evidence,
        splits,
        dataset,
        tf: runtime.tf,
        record: this.folder.read(),
        files: { onnx: files.onnx, 'onnx-json': files.onnxJson },
      }),
    );
    return {
      engine: runtime.engine,
      version: runtime.version,
      device: runtime.device,
      execution: outcome.execution,
      ...(outcome.executionReason === undefined ? {} : { executionReason: outcome.executionReason }),
      method: configuration.constraint.method.id,
      chosen: settled.chosen,
      epochs: outcome.epochs,
      steps: outcome.steps,
      bestEpoch: outcome.bestEpoch,
      stopped: outcome.stopped,
      seconds: outcome.seconds,
      phases: { setup, read: reading, ...outcome.phases, export: exportSeconds },
      reproducible: runtime.reproducible,
      rows: rowCounts(dataset.preparation),
      splits,
      evidence,
      ...intervals,
      warnings: warningsFirst({ ...outcome, splits, configuration, dataset }, this.#events.warnings),
      run: this.run,
      files,
      export: report,
    };
  }

  async #train(
    runtime: EngineRuntime,
    dataset: DataSet,
    configuration: SettledConfiguration,
    { changes, versions }: RunRecord,
    resumeFrom: ReturnType<RunFolder['readLastCheckpoint']>,
  ): Promise<TrainingOutcome> {
    const { emit } = this.#options;
    const { run } = this;
    this.#events.phase('preparing', 'building the network');
    const began = resumeFrom !== undefined && versions.engine === engineName(runtime) ? versions.execution : undefined;
    const trainer = new Trainer({
      configuration,
      dataset,
      runtime,
      changes,
      began,
      ...(resumeFrom === undefined ? {} : { resumeFrom }),
      hooks: {
        onCompile: () => {
          this.#events.phase('preparing', 'compiling the training step');
        },
        onExecution: (execution) => {
          this.#events.execution(execution, began);
        },
        onState: (state) => {
          if (state === 'training') this.#events.enter('training', 'training');
          if (state === 'paused') this.#events.enter('paused', 'paused');
        },
        onProgress: (progress) => {
          emit({ event: 'progress', run, ...progress });
        },
        onMetrics: (metrics) => {
          this.folder.appendMetrics(metrics);
          emit({ event: 'metrics', run, metrics });
        },
        onCheckpoint: (checkpoint) => {
          this.folder.writeCheckpoint(checkpoint);
          this.#events.checkpoint(checkpoint);
        },
        onChange: (change) => {
          this.#recordChange(change);
        },
        onWarning: (warning) => {
          this.#events.warn(warning);
        },
      },
    });
    this.#trainer = trainer;
    if (this.#pauseAtOnce) void trainer.pause();
    return trainer.run();
  }

  #recordChange(change: RunChange): void {
    const { changes } = this.folder.read();
    this.folder.update({ changes: [...changes, change] });
  }

  #pausedTrainer(): Trainer {
    if (this.#trainer?.state !== 'paused') {
      throw new OrthantError('usage', 'The run is not paused. Pause it first.', { field: 'run' });
    }
    return this.#trainer;
  }

  #end(state: RunState, outcome: Partial<Pick<RunRecord, 'result' | 'error'>>): void {
    this.folder.update({ state, ...outcome, lock: undefined });
    this.#ended = true;
    this.#events.state = state;
  }

  #fail(thrown: unknown): void {
    if (this.#ended) return;
    const stopped = this.#abort.signal.aborted;
    const error = toErrorMessage(stopped ? stoppedEarly(this.#options.resume) : thrown);
    try {
      this.#recordFailure(error);
    } catch {
      // The folder cannot be written, which is probably why the run failed; report the first error.
      const retry = (): void => {
        this.#recordFailure(error);
        // For lists of runs; the failure itself was already reported.
        this.#events.phase('failed', 'its end is recorded');
      };
      this.#options.pendingRunEnds.add(this.run, retry, () => !existsSync(this.run));
    }
    this.#ended = true;
    this.#events.state = 'failed';
    this.#options.emit({ event: 'failed', run: this.run, error });
  }

  #recordFailure(error: ErrorMessage): void {
    // A run that has trained nothing is not listed, and its folder can be used again.
    if (this.#trainer !== undefined && this.#hasTrained()) this.#end('failed', { error });
    else if (this.#options.resume) this.#end(this.#stateBefore, {});
    else this.folder.discard();
  }

  #hasTrained(): boolean {
    return this.folder.readMetrics().length > 0 || this.folder.readLastCheckpoint() !== undefined;
  }
}

const stoppedEarly = (resume: boolean): OrthantError =>
  new OrthantError(
    'cancelled',
    resume
      ? 'The run was stopped before it resumed; it has not changed.'
      : 'The run was stopped before it began to train; nothing of it was kept.',
  );
