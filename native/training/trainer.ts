import type { RunConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { EpochMetrics, TrainingResult } from '../contract/results.ts';
import type { RunChange } from '../contract/runs.ts';
import type { Warning } from '../contract/table.ts';
import { parseMethodChange } from '../constraints/registry.ts';
import type { DataSet } from '../data/dataset.ts';
import type { DenseLayer, Model } from '../network/model.ts';
import type { Checkpoint } from '../runs/checkpoints.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import {
  parseCheckpointState,
  readVariables,
  bestFromTensors,
  bestToTensors,
  restoreVariables,
  type BestState,
  type CheckpointState,
} from './checkpoint.ts';
import { breathe, RunControl } from './control.ts';
import { divergenceError } from './divergence.ts';
import { eagerExecution, type Execution } from './execution.ts';
import { evaluateSplits, type SplitsEvaluation } from './evaluateSplits.ts';
import { createParts, type TrainingParts } from './parts.ts';
import { ProgressMeter, type Progress } from './progress.ts';
import { learningRateAt } from './schedules.ts';
import { isBetter, type Candidate } from './snapshot.ts';

export type TrainerState = 'ready' | 'training' | 'paused' | 'finished' | 'failed';

/** What a paused run may be told when it goes on. */
export type PausedChange = Omit<RunChange, 'step'>;

export interface TrainerHooks {
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
  readonly runtime: Pick<EngineRuntime, 'tf'>;
  /** Changes of an earlier run of this configuration, replayed at their steps; in a resumed run, all recorded ones. */
  readonly changes?: readonly RunChange[];
  readonly resumeFrom?: Checkpoint;
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
  readonly phases: { readonly train: number; readonly evaluate: number };
  readonly bestEpoch: number;
}

/** The best snapshot so far with its weights. */
interface Best extends BestState {
  readonly layers: readonly DenseLayer[];
}

/** A slice of work between two looks at what was asked of the run. */
const sliceSeconds = 0.03;
const checkpointInterval = 1;
/** A run whose training loss is so many times the first epoch's has diverged even if the numbers are finite. */
const divergedFactor = 1e6;

/** One training run. Same configuration, data, engine and changes: same numbers, bit for bit. */
export class Trainer {
  readonly #configuration: RunConfiguration;
  readonly #dataset: DataSet;
  readonly #hooks: TrainerHooks;
  readonly #parts: TrainingParts;
  readonly #execution: Execution;
  readonly #control = new RunControl();
  readonly #progress: ProgressMeter;
  /** Where the run stands; goes into checkpoints as it is. */
  readonly #position: CheckpointState;
  #pendingChanges: RunChange[];
  #order: Int32Array;
  #best: Best | undefined;
  #state: TrainerState = 'ready';
  #secondsPerStep = Infinity;
  #lastCheckpoint = -Infinity;
  #warnedOfDeadSlacks = false;

  /**
   * Puts a run together on the engine; `run` starts it.
   *
   * @throws OrthantError `configuration` where method, loss, network and data do not fit; `run` where the checkpoint
   *   is of another run
   */
  static create(options: TrainerOptions): Trainer {
    return new Trainer(options);
  }

  private constructor({ configuration, dataset, runtime, changes, resumeFrom, hooks = {} }: TrainerOptions) {
    this.#configuration = configuration;
    this.#dataset = dataset;
    this.#hooks = hooks;
    this.#parts = createParts(runtime.tf, configuration, dataset);
    this.#execution = eagerExecution(this.#parts);
    this.#progress = new ProgressMeter((progress) => hooks.onProgress?.(progress));
    this.#position = resumeFrom === undefined ? this.#beginning() : parseCheckpointState(resumeFrom);
    if (resumeFrom !== undefined) this.#restore(resumeFrom);
    this.#pendingChanges = (changes ?? []).slice(this.#position.changes.length);
    this.#order = this.#parts.plan.order(this.#position.epoch + 1);
  }

  get state(): TrainerState {
    return this.#state;
  }

  /** What the configuration deserves a warning for. */
  get warnings(): readonly Warning[] {
    return this.#parts.warnings;
  }

  /**
   * Trains to the end, or until stopped.
   *
   * @throws OrthantError `diverged` where training left the finite numbers; whatever a hook throws
   */
  async run(): Promise<TrainingOutcome> {
    if (this.#state !== 'ready') throw new OrthantError('internal', 'A trainer runs once.');
    this.#setState('training');
    try {
      for (const warning of this.#parts.warnings) this.#hooks.onWarning?.(warning);
      const stopped = await this.#train();
      const outcome = await this.#conclude(stopped);
      this.#setState('finished');
      return outcome;
    } catch (error) {
      this.#setState('failed');
      throw error;
    } finally {
      this.#execution.dispose();
      this.#parts.dispose();
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

  /** Goes on to the end of an epoch and pauses there. */
  oneEpoch(): void {
    this.#control.resumeForOneEpoch();
  }

  /** Ends the run with a checkpoint. */
  stop(): void {
    this.#control.stop();
  }

  #setState(state: TrainerState): void {
    this.#state = state;
    this.#hooks.onState?.(state);
  }

  #beginning(): CheckpointState {
    const { seed, epochs, optimizer } = this.#configuration.training;
    return {
      format: 1,
      ...{ epoch: 0, stepInEpoch: 0, step: 0, seed, epochs, learningRate: optimizer.learningRate },
      objectiveSum: 0,
      seconds: { train: 0, evaluate: 0 },
      changes: [],
    };
  }

  #restore(checkpoint: Checkpoint): void {
    const { tf, state, method, plan } = this.#parts;
    if (this.#position.seed !== this.#configuration.training.seed || this.#position.stepInEpoch > plan.stepsPerEpoch) {
      throw new OrthantError('run', 'The checkpoint is of another run: its seed or number of steps differs.');
    }
    // Changed settings first: what has grown since stands in the Variables.
    for (const { methodSettings } of this.#position.changes) {
      if (methodSettings !== undefined) method.change?.(methodSettings);
    }
    restoreVariables(tf, state, checkpoint.tensors);
    this.#execution.push();
    const { best } = this.#position;
    if (best !== undefined) {
      this.#best = { ...best, layers: bestFromTensors(this.#parts.storedLayers(), checkpoint.tensors) };
    }
  }

  #takeChange({ epochs, learningRate, methodSettings }: PausedChange): void {
    if (!this.#control.paused) {
      throw new OrthantError('usage', 'Settings can be changed only while the run is paused.');
    }
    const change: RunChange = {
      step: this.#position.step,
      ...(epochs === undefined ? {} : { epochs }),
      ...(learningRate === undefined ? {} : { learningRate }),
      ...(methodSettings === undefined
        ? {}
        : { methodSettings: parseMethodChange(this.#parts.definition.id, methodSettings) }),
    };
    if (Object.keys(change).length === 1) return;
    this.#pendingChanges.unshift(change);
    this.#hooks.onChange?.(change);
  }

  async #train(): Promise<TrainingOutcome['stopped']> {
    const { plan } = this.#parts;
    for (;;) {
      this.#applyChanges();
      if (this.#control.stopRequested) return 'by-request';
      if (this.#position.epoch >= this.#position.epochs) return 'finished';
      if (this.#outOfPatience()) return 'early-stopping';
      if (this.#control.pauseRequested) {
        await this.#pause();
        continue;
      }
      this.#slice();
      if (this.#position.stepInEpoch === plan.stepsPerEpoch) await this.#endEpoch();
      await breathe();
    }
  }

  #outOfPatience(): boolean {
    const { earlyStopping } = this.#configuration.training;
    return earlyStopping > 0 && this.#best !== undefined && this.#position.epoch - this.#best.epoch >= earlyStopping;
  }

  #applyChanges(): void {
    for (;;) {
      const [change] = this.#pendingChanges;
      if (change === undefined || change.step > this.#position.step) return;
      this.#pendingChanges.shift();
      this.#position.epochs = change.epochs ?? this.#position.epochs;
      this.#position.learningRate = change.learningRate ?? this.#position.learningRate;
      if (change.methodSettings !== undefined) {
        this.#execution.pull();
        this.#parts.method.change?.(change.methodSettings);
        this.#execution.push();
      }
      this.#position.changes.push(change);
    }
  }

  async #pause(): Promise<void> {
    await this.#writeCheckpoint();
    this.#setState('paused');
    await this.#control.waitWhilePaused();
    this.#setState('training');
  }

  /** As many steps as fit in a slice of time, at most to the end of the epoch or the next change. */
  #slice(): void {
    const { plan } = this.#parts;
    const position = this.#position;
    const untilChange = (this.#pendingChanges[0]?.step ?? Infinity) - position.step;
    const left = Math.min(plan.stepsPerEpoch - position.stepInEpoch, untilChange);
    const count = Math.max(1, Math.min(left, Math.floor(sliceSeconds / this.#secondsPerStep)));
    const steps = Array.from({ length: count }, (_, i) => i);
    const started = performance.now();
    const objectives = this.#execution.steps(
      steps.map((i) => plan.batch(this.#order, position.stepInEpoch + i)),
      steps.map((i) => this.#learningRate(position.step + i)),
    );
    const seconds = (performance.now() - started) / 1000;
    this.#secondsPerStep = seconds / count;
    position.seconds.train += seconds;
    objectives.forEach((objective, i) => {
      if (!Number.isFinite(objective)) throw this.#diverged('the objective is not a finite number', position.step + i);
      position.objectiveSum += objective;
    });
    position.stepInEpoch += count;
    position.step += count;
    this.#progress.steps(objectives, seconds, { ...position, stepsPerEpoch: plan.stepsPerEpoch });
  }

  #learningRate(step: number): number {
    const { stepsPerEpoch } = this.#parts.plan;
    const { learningRate, epochs } = this.#position;
    return learningRateAt(this.#configuration.training.schedule, learningRate, { step, stepsPerEpoch, epochs });
  }

  async #endEpoch(): Promise<void> {
    const position = this.#position;
    const { plan } = this.#parts;
    const { metrics, candidate } = await this.#evaluate();
    if (metrics.best) this.#best = { ...candidate, metrics, layers: this.#parts.storedLayers() };
    this.#hooks.onMetrics?.(metrics);
    position.epoch++;
    position.stepInEpoch = 0;
    position.objectiveSum = 0;
    this.#order = plan.order(position.epoch + 1);
    this.#control.epochEnded();
    if (performance.now() / 1000 - this.#lastCheckpoint >= checkpointInterval) await this.#writeCheckpoint();
  }

  /** Evaluates the present weights, tells the method, and judges them as a snapshot. */
  async #evaluate(): Promise<{ metrics: EpochMetrics; candidate: Candidate }> {
    const position = this.#position;
    const { method, definition } = this.#parts;
    const started = performance.now();
    const evaluation = await evaluateSplits(
      this.#execution,
      this.#parts.targetBounds,
      this.#configuration.training.loss,
      this.#dataset,
      breathe,
    );
    this.#checkConvergence(evaluation);
    const epoch = position.epoch + 1;
    this.#execution.pull();
    method.endEpoch?.({ epoch, predictions: evaluation.trainPredictions });
    const constraint = method.report();
    this.#execution.push();
    const seconds = (performance.now() - started) / 1000;
    position.seconds.evaluate += seconds;
    this.#progress.evaluation(seconds);
    this.#warnOfDeadSlacks(constraint.deadSlacks ?? 0);
    const candidate = { epoch, violation: evaluation.violation, loss: evaluation.loss };
    const metrics: EpochMetrics = {
      epoch,
      step: position.step,
      seconds: position.seconds.train + position.seconds.evaluate,
      learningRate: this.#learningRate(Math.max(0, position.step - 1)),
      objective: position.stepInEpoch === 0 ? evaluation.loss : position.objectiveSum / position.stepInEpoch,
      splits: evaluation.splits,
      constraint,
      distribution: evaluation.distribution,
      best: isBetter(candidate, this.#best, definition.promise !== 'none'),
    };
    return { metrics, candidate };
  }

  #checkConvergence({ splits, finite }: SplitsEvaluation): void {
    if (!finite) throw this.#diverged('predictions are not finite numbers', this.#position.step);
    const loss = splits.train?.loss ?? 0;
    this.#position.firstLoss ??= loss;
    if (loss > divergedFactor * Math.max(1, this.#position.firstLoss)) {
      throw this.#diverged(`the training loss has grown to ${loss.toPrecision(3)}`, this.#position.step);
    }
  }

  #diverged(what: string, step: number): OrthantError {
    this.#execution.pull();
    return divergenceError(what, {
      configuration: this.#configuration,
      epoch: this.#position.epoch + 1,
      step,
      learningRate: this.#learningRate(step),
      largestInput: this.#dataset.splits.train.inputs.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      coefficient: this.#parts.method.report().coefficient,
    });
  }

  #warnOfDeadSlacks(deadSlacks: number): void {
    if (deadSlacks === 0 || this.#warnedOfDeadSlacks) return;
    this.#warnedOfDeadSlacks = true;
    this.#hooks.onWarning?.({
      message: `${deadSlacks} slacks have become zero while their constraint pushes: such a row is held on the bound instead of above it. They are reset after each epoch.`,
    });
  }

  async #writeCheckpoint(): Promise<void> {
    const { weights, state } = this.#parts;
    this.#execution.pull();
    const tensors = readVariables(state);
    for (const name of Object.keys(weights)) {
      if (tensors[name]?.data.every(Number.isFinite) !== true) {
        throw this.#diverged(`"${name}" is not finite`, this.#position.step);
      }
    }
    const best = this.#best;
    const position = structuredClone(this.#position);
    if (best !== undefined) {
      const { epoch, violation, loss, metrics } = best;
      position.best = { epoch, violation, loss, metrics };
      Object.assign(tensors, bestToTensors(best.layers));
    }
    this.#lastCheckpoint = performance.now() / 1000;
    await this.#hooks.onCheckpoint?.({ epoch: position.epoch, step: position.step, state: position, tensors });
  }

  async #conclude(stopped: TrainingOutcome['stopped']): Promise<TrainingOutcome> {
    await this.#writeCheckpoint();
    const best = this.#best ?? (await this.#presentSnapshot());
    const { epoch, step, seconds } = this.#position;
    return {
      model: this.#parts.model(best.layers),
      metrics: best.metrics,
      stopped,
      epochs: epoch,
      steps: step,
      seconds: seconds.train + seconds.evaluate,
      phases: seconds,
      bestEpoch: best.epoch,
    };
  }

  /** A run that is stopped in its first epoch hands over the weights it has. */
  async #presentSnapshot(): Promise<Best> {
    const { metrics, candidate } = await this.#evaluate();
    return { ...candidate, metrics, layers: this.#parts.storedLayers() };
  }
}
