import type { RunConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { EpochMetrics, TrainingResult } from '../contract/results.ts';
import type { PausedChange, RunChange } from '../contract/runs.ts';
import type { Warning } from '../contract/table.ts';
import { parseMethodChange } from '../constraints/registry.ts';
import type { DataSet } from '../data/dataset.ts';
import type { Model } from '../network/model.ts';
import type { Checkpoint } from '../runs/checkpoints.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import { captureCheckpoint, parseCheckpointState, restoreCheckpoint } from './checkpoint.ts';
import { beginning, diverged, learningRateOf, type RunContext, type Snapshot } from './context.ts';
import { breathe, RunControl } from './control.ts';
import { measureEpoch } from './epochEnd.ts';
import { chooseExecution } from './chooseExecution.ts';
import { dataMemoryLimit } from './dataMemory.ts';
import { createParts } from './parts.ts';
import type { Execution } from './execution.ts';
import { ProgressMeter, type Progress } from './progress.ts';
import type { Candidate } from './snapshot.ts';

export type TrainerState = 'ready' | 'training' | 'paused' | 'finished' | 'failed';

export type ExecutionTold = Pick<Execution, 'kind' | 'reason' | 'refused'>;

export interface TrainerHooks {
  /** Before the step is traced and compiled. */
  onCompile?(): void;
  /** How the steps will be carried out, once that is settled. */
  onExecution?(execution: ExecutionTold): void;
  onState?(state: TrainerState): void;
  /** At most 20 times a second. */
  onProgress?(progress: Progress): void;
  /** After every epoch. */
  onMetrics?(metrics: EpochMetrics): void;
  /** Training waits for it; what it throws ends the run. */
  onCheckpoint?(checkpoint: Checkpoint): Promise<void> | void;
  /** A change made while paused, with the step it takes effect at, to be recorded with the run. */
  onChange?(change: RunChange): void;
  onWarning?(warning: Warning): void;
}

export interface TrainerOptions {
  readonly configuration: RunConfiguration;
  readonly dataset: DataSet;
  readonly runtime: Pick<EngineRuntime, 'tf' | 'engine' | 'device' | 'cardBytes'>;
  /** Changes of an earlier run of this configuration, replayed at their steps; in a resumed run, all recorded ones. */
  readonly changes?: readonly RunChange[];
  readonly resumeFrom?: Checkpoint;
  /** How the earlier parts of a resumed run were carried out; gone on with where that can be. */
  readonly began?: Execution['kind'] | undefined;
  readonly hooks?: TrainerHooks;
}

export interface TrainingOutcome {
  /** The best snapshot. */
  readonly model: Model;
  /** Of the best snapshot. */
  readonly metrics: EpochMetrics;
  readonly stopped: TrainingResult['stopped'];
  /** Whole epochs done. */
  readonly epochs: number;
  readonly steps: number;
  /** Training and evaluation only, of all parts of a resumed run. */
  readonly seconds: number;
  readonly phases: { readonly compile: number; readonly train: number; readonly evaluate: number };
  readonly bestEpoch: number;
  readonly execution: Execution['kind'];
  /** Why not a faster one. */
  readonly executionReason?: string;
}

/** A slice of work between two looks at what was asked of the run. */
const sliceSeconds = 0.05;
/** Milliseconds between two checkpoints at least; longer where writing one takes more than a share of them. */
const checkpointInterval = 1000;
const checkpointShare = 1 / 50;

/** One training run. Same configuration, data, engine and changes: same numbers, bit for bit. */
export class Trainer {
  readonly #hooks: TrainerHooks;
  readonly #context: RunContext;
  readonly #control = new RunControl();
  readonly #progress: ProgressMeter;
  #pendingChanges: RunChange[];
  /** Rows of the epoch at work. */
  #order: Int32Array;
  #best: Snapshot | undefined;
  #state: TrainerState = 'ready';
  #secondsPerStep = Infinity;
  #nextCheckpoint = -Infinity;
  /** The step of the last checkpoint, unless something has changed since that is no step. */
  #checkpointed: number | undefined;
  #warnedOfDeadSlacks = false;

  /**
   * Puts a run together on the engine; `run` starts it.
   *
   * @throws OrthantError `configuration` where method, loss, network and data do not fit; `run` where the checkpoint
   *   is of another run; whatever a hook throws. The engine then holds nothing of it
   */
  static create(options: TrainerOptions): Trainer {
    return new Trainer(options);
  }

  private constructor({
    configuration,
    dataset,
    runtime,
    changes = [],
    resumeFrom,
    began,
    hooks = {},
  }: TrainerOptions) {
    this.#hooks = hooks;
    this.#progress = new ProgressMeter((progress) => hooks.onProgress?.(progress));
    const position = resumeFrom === undefined ? beginning(configuration) : parseCheckpointState(resumeFrom);
    const parts = createParts(runtime.tf, configuration, dataset, dataMemoryLimit(runtime.cardBytes));
    let execution: Execution | undefined;
    try {
      execution = chooseExecution(parts, runtime, configuration, { began, onCompile: () => hooks.onCompile?.() });
      this.#context = { configuration, dataset, parts, position, execution };
      if (resumeFrom !== undefined) this.#best = restoreCheckpoint(this.#context, resumeFrom);
      hooks.onExecution?.(execution);
      const inOrder = [...changes].sort((first, second) => first.step - second.step);
      this.#pendingChanges = inOrder.slice(position.changes.length);
      this.#order = parts.plan.order(position.epoch + 1);
      execution.expect(this.#order.subarray(position.stepInEpoch * parts.plan.batchSize));
    } catch (error) {
      execution?.dispose();
      parts.dispose();
      throw error;
    }
  }

  get state(): TrainerState {
    return this.#state;
  }

  /** Steps done since the run began, also before it was resumed. */
  get step(): number {
    return this.#context.position.step;
  }

  /** What the configuration deserves a warning for. */
  get warnings(): readonly Warning[] {
    return this.#context.parts.warnings;
  }

  /**
   * Trains to the end, or until stopped.
   *
   * @throws OrthantError `diverged` where training left the finite numbers; whatever a hook throws
   */
  async run(): Promise<TrainingOutcome> {
    if (this.#state !== 'ready') throw new OrthantError('internal', 'A trainer runs once.');
    try {
      this.#setState('training');
      for (const warning of this.warnings) this.#hooks.onWarning?.(warning);
      const stopped = await this.#train();
      const outcome = await this.#conclude(stopped);
      this.#setState('finished');
      return outcome;
    } catch (error) {
      this.#setState('failed');
      throw error;
    } finally {
      this.#context.execution.dispose();
      this.#context.parts.dispose();
      this.#control.ended();
    }
  }

  /** Resolves once the run is paused and its checkpoint written, or over. */
  pause(): Promise<void> {
    return this.#control.pause();
  }

  /**
   * Goes on, with changed settings where given.
   *
   * @throws OrthantError `configuration` where a change is not possible; the run then stays paused
   */
  resume(change?: PausedChange): void {
    if (change !== undefined) this.#takeChange(change);
    this.#control.resume();
  }

  /** Goes on as {@link resume} does, to the end of an epoch, and pauses there; resolves as `pause` does. */
  oneEpoch(change?: PausedChange): Promise<void> {
    if (change !== undefined) this.#takeChange(change);
    return this.#control.resumeForOneEpoch();
  }

  /** Ends the run with a checkpoint. */
  stop(): void {
    this.#control.stop();
  }

  #setState(state: TrainerState): void {
    this.#state = state;
    this.#hooks.onState?.(state);
  }

  #takeChange({ epochs, learningRate, methodSettings }: PausedChange): void {
    if (!this.#control.paused) {
      throw new OrthantError('usage', 'Settings can be changed only while the run is paused.');
    }
    const { parts, position } = this.#context;
    const change: RunChange = {
      step: position.step,
      ...(epochs === undefined ? {} : { epochs }),
      ...(learningRate === undefined ? {} : { learningRate }),
      ...(methodSettings === undefined
        ? {}
        : { methodSettings: parseMethodChange(parts.definition.id, methodSettings) }),
    };
    if (Object.keys(change).length === 1) return;
    // First recorded: what cannot be does not take effect either.
    this.#hooks.onChange?.(change);
    this.#pendingChanges.unshift(change);
  }

  async #train(): Promise<TrainingOutcome['stopped']> {
    const { parts, position } = this.#context;
    for (;;) {
      this.#applyChanges();
      if (this.#control.stopRequested) return 'by-request';
      if (position.epoch >= position.epochs) return 'finished';
      if (this.#outOfPatience()) return 'early-stopping';
      if (this.#control.pauseRequested) {
        await this.#pause();
        continue;
      }
      this.#slice();
      if (position.stepInEpoch === parts.plan.stepsPerEpoch) await this.#endEpoch();
      await breathe();
    }
  }

  #outOfPatience(): boolean {
    const { configuration, position } = this.#context;
    const { earlyStopping } = configuration.training;
    return earlyStopping > 0 && this.#best !== undefined && position.epoch - this.#best.epoch >= earlyStopping;
  }

  /** Takes over the changes that are due at this step. */
  #applyChanges(): void {
    const { execution, parts, position } = this.#context;
    for (;;) {
      const [change] = this.#pendingChanges;
      if (change === undefined || change.step > position.step) return;
      this.#pendingChanges.shift();
      position.epochs = change.epochs ?? position.epochs;
      position.learningRate = change.learningRate ?? position.learningRate;
      if (change.methodSettings !== undefined) {
        execution.pull();
        parts.method.change?.(change.methodSettings);
        execution.push();
      }
      position.changes.push(change);
      this.#checkpointed = undefined;
    }
  }

  async #pause(): Promise<void> {
    await this.#writeCheckpoint();
    if (!this.#control.pauseRequested) return;
    const resumed = this.#control.waitWhilePaused();
    this.#setState('paused');
    await resumed;
    this.#setState('training');
  }

  /** As many steps as fit in a slice of time, at most to the end of the epoch or the next change. */
  #slice(): void {
    const { execution, parts, position } = this.#context;
    const { plan } = parts;
    const untilChange = (this.#pendingChanges[0]?.step ?? Infinity) - position.step;
    const left = Math.min(plan.stepsPerEpoch - position.stepInEpoch, untilChange);
    const count = Math.max(1, Math.min(left, Math.floor(sliceSeconds / this.#secondsPerStep)));
    const steps = Array.from({ length: count }, (_, i) => i);
    const started = performance.now();
    const objectives = execution.steps(
      steps.map((i) => plan.batch(this.#order, position.stepInEpoch + i)),
      steps.map((i) => learningRateOf(this.#context, position.step + i)),
    );
    const seconds = (performance.now() - started) / 1000;
    this.#secondsPerStep = seconds / count;
    position.seconds.train += seconds;
    objectives.forEach((objective, i) => {
      if (Number.isFinite(objective)) position.objectiveSum += objective;
      else throw diverged(this.#context, 'the objective is not a finite number', position.step + i);
    });
    position.stepInEpoch += count;
    position.step += count;
    this.#progress.steps(objectives, seconds, { ...position, stepsPerEpoch: plan.stepsPerEpoch });
  }

  async #endEpoch(): Promise<void> {
    const { execution, parts, position } = this.#context;
    // Before the evaluation, so that the next epoch's first rows are made ready meanwhile.
    this.#order = parts.plan.order(position.epoch + 2);
    execution.expect(this.#order);
    const { metrics, candidate, seconds } = await measureEpoch(this.#context, this.#best, breathe);
    if (metrics.best) this.#best = this.#snapshot(candidate, metrics);
    this.#progress.evaluation(seconds);
    this.#hooks.onMetrics?.(metrics);
    this.#warnOfDeadSlacks(metrics.constraint.deadSlacks ?? 0);
    position.epoch++;
    position.stepInEpoch = 0;
    position.objectiveSum = 0;
    this.#control.epochEnded();
    if (performance.now() >= this.#nextCheckpoint) await this.#writeCheckpoint();
  }

  #snapshot(candidate: Candidate, metrics: EpochMetrics): Snapshot {
    const { execution, parts } = this.#context;
    execution.pull([...parts.parameters.map(({ variable }) => variable), ...Object.values(parts.method.state)]);
    return { ...candidate, metrics, layers: parts.storedLayers() };
  }

  #warnOfDeadSlacks(deadSlacks: number): void {
    if (deadSlacks === 0 || this.#warnedOfDeadSlacks) return;
    this.#warnedOfDeadSlacks = true;
    this.#hooks.onWarning?.({
      message: `${deadSlacks} slacks are zero while their constraint pushes: such a row is held on the bound instead of above it.`,
    });
  }

  async #writeCheckpoint(): Promise<void> {
    const started = performance.now();
    const checkpoint = captureCheckpoint(this.#context, this.#best);
    await this.#hooks.onCheckpoint?.(checkpoint);
    this.#checkpointed = checkpoint.step;
    const ended = performance.now();
    this.#nextCheckpoint = ended + Math.max(checkpointInterval, (ended - started) / checkpointShare);
  }

  async #conclude(stopped: TrainingOutcome['stopped']): Promise<TrainingOutcome> {
    if (this.#checkpointed !== this.step) await this.#writeCheckpoint();
    const best = this.#best ?? (await this.#presentSnapshot());
    const { execution, parts, position } = this.#context;
    const { epoch, step, seconds } = position;
    return {
      execution: execution.kind,
      ...(execution.reason === undefined ? {} : { executionReason: execution.reason }),
      model: parts.model(best.layers),
      metrics: best.metrics,
      stopped,
      epochs: epoch,
      steps: step,
      seconds: seconds.train + seconds.evaluate,
      phases: { compile: execution.compileSeconds, ...seconds },
      bestEpoch: best.epoch,
    };
  }

  /** A run that is stopped in its first epoch hands over the weights it has. */
  async #presentSnapshot(): Promise<Snapshot> {
    const { metrics, candidate } = await measureEpoch(this.#context, undefined, breathe);
    return this.#snapshot(candidate, metrics);
  }
}
