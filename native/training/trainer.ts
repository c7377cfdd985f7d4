import { OrthantError } from '../contract/errors.ts';
import type { EpochMetrics, TrainingResult } from '../contract/results.ts';
import type { PausedChange } from '../contract/runRecord.ts';
import type { Warning } from '../contract/inspection.ts';
import type { Model } from '../network/model.ts';
import { changeOf, PendingChanges } from './runChanges.ts';
import { captureCheckpoint, restoreCheckpoint } from './checkpoint.ts';
import { CheckpointPace } from './checkpointPace.ts';
import { RunControl, yieldToEvents } from './control.ts';
import { measureEpoch } from './epochEnd.ts';
import { chooseExecution } from './chooseExecution.ts';
import { dataMemoryLimit } from './dataMemory.ts';
import { buildParts } from './buildParts.ts';
import { diverged } from './divergence.ts';
import type { Execution } from './execution.ts';
import { parsePosition, startPosition } from './position.ts';
import { ProgressMeter } from './progress.ts';
import { learningRateOf, type RunContext, type Snapshot } from './runContext.ts';
import type { Candidate } from './snapshot.ts';
import type { TrainerHooks, TrainerOptions, TrainerState } from './trainerOptions.ts';

export interface TrainingOutcome {
  /** The best snapshot. */
  readonly model: Model;
  /** Metrics of the best snapshot. */
  readonly metrics: EpochMetrics;
  readonly stopped: TrainingResult['stopped'];
  /** Whole epochs done. */
  readonly epochs: number;
  readonly steps: number;
  /** Seconds of training and evaluation, over all parts of a resumed run. */
  readonly seconds: number;
  readonly phases: { readonly compile: number; readonly train: number; readonly evaluate: number };
  readonly bestEpoch: number;
  readonly execution: Execution['kind'];
  /** Reason why no faster execution was used. */
  readonly executionReason?: string;
}

/** Length of a slice of work between two checks for requests. */
const sliceSeconds = 0.05;
/** One training run. Same configuration, data, engine and changes give the same numbers, bit for bit. */
export class Trainer {
  readonly #hooks: TrainerHooks;
  readonly #context: RunContext;
  readonly #control = new RunControl();
  readonly #progress: ProgressMeter;
  readonly #checkpoints: CheckpointPace;
  readonly #changes: PendingChanges;
  /** Order of rows in the current epoch. */
  #order: Int32Array;
  #best: Snapshot | undefined;
  #state: TrainerState = 'ready';
  #secondsPerStep = Infinity;
  #warnedOfDeadSlacks = false;

  /**
   * Builds a run on the engine; `run` starts it.
   *
   * @throws OrthantError `configuration` if method, loss, network and data do not fit; `run` if the checkpoint is of
   *   another run; any error of a hook. The engine then keeps no tensor of the run
   */
  constructor({ configuration, dataset, runtime, changes = [], resumeFrom, began, hooks = {} }: TrainerOptions) {
    this.#hooks = hooks;
    this.#progress = new ProgressMeter((progress) => hooks.onProgress?.(progress));
    this.#checkpoints = new CheckpointPace((checkpoint) => hooks.onCheckpoint?.(checkpoint));
    const position = resumeFrom === undefined ? startPosition(configuration) : parsePosition(resumeFrom);
    const parts = buildParts(runtime.tf, configuration, dataset, dataMemoryLimit(runtime.cardBytes));
    let execution: Execution | undefined;
    try {
      execution = chooseExecution(parts, runtime, configuration, { began, onCompile: () => hooks.onCompile?.() });
      this.#context = { configuration, dataset, parts, position, execution };
      if (resumeFrom !== undefined) this.#best = restoreCheckpoint(this.#context, resumeFrom);
      hooks.onExecution?.(execution);
      this.#changes = new PendingChanges(changes, this.#context);
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

  /** Steps done since the run started, including those before it was resumed. */
  get step(): number {
    return this.#context.position.step;
  }

  /** Warnings about the configuration. */
  get warnings(): readonly Warning[] {
    return this.#context.parts.warnings;
  }

  /**
   * Trains to the end, or until stopped.
   *
   * @throws OrthantError `diverged` if numbers are no longer finite or the loss explodes; any error of a hook
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

  /** Resolves once the run is paused and its checkpoint is written, or once the run has ended. */
  pause(): Promise<void> {
    return this.#control.pause();
  }

  /**
   * Resumes, with changed settings if given.
   *
   * @throws OrthantError `configuration` if a change is not possible; the run then stays paused
   */
  resume(change?: PausedChange): void {
    if (change !== undefined) this.#takeChange(change);
    this.#control.resume();
  }

  /** Resumes like {@link resume}, until the end of an epoch, and pauses there; resolves like `pause`. */
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

  #takeChange(paused: PausedChange): void {
    if (!this.#control.paused) {
      throw new OrthantError('usage', 'Settings can be changed only while the run is paused.');
    }
    const change = changeOf(this.#context, paused);
    if (change === undefined) return;
    // Recorded first: a change that cannot be recorded does not take effect either.
    this.#hooks.onChange?.(change);
    this.#changes.add(change);
  }

  async #train(): Promise<TrainingOutcome['stopped']> {
    const { parts, position } = this.#context;
    for (;;) {
      if (this.#changes.apply(this.#context)) this.#checkpoints.outdated();
      if (this.#control.stopRequested) return 'by-request';
      if (position.epoch >= position.epochs) return 'finished';
      if (this.#outOfPatience()) return 'early-stopping';
      if (this.#control.pauseRequested) {
        await this.#pause();
        continue;
      }
      this.#slice();
      if (position.stepInEpoch === parts.plan.stepsPerEpoch) await this.#endEpoch();
      await yieldToEvents();
    }
  }

  #outOfPatience(): boolean {
    const { configuration, position } = this.#context;
    const { earlyStopping } = configuration.training;
    return earlyStopping > 0 && this.#best !== undefined && position.epoch - this.#best.epoch >= earlyStopping;
  }

  async #pause(): Promise<void> {
    await this.#writeCheckpoint();
    if (!this.#control.pauseRequested) return;
    const resumed = this.#control.waitWhilePaused();
    this.#setState('paused');
    await resumed;
    this.#setState('training');
  }

  /** Runs as many steps as fit in a slice of time, at most to the end of the epoch or the next change. */
  #slice(): void {
    const { execution, parts, position } = this.#context;
    const { plan } = parts;
    const left = Math.min(plan.stepsPerEpoch - position.stepInEpoch, this.#changes.nextStep - position.step);
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
    // Before the evaluation, so that the execution can prepare the next epoch's first rows.
    this.#order = parts.plan.order(position.epoch + 2);
    execution.expect(this.#order);
    const { metrics, candidate, seconds } = await measureEpoch(this.#context, this.#best, yieldToEvents);
    if (metrics.best) this.#best = this.#snapshot(candidate, metrics);
    this.#progress.evaluation(seconds);
    this.#hooks.onMetrics?.(metrics);
    this.#warnOfDeadSlacks(metrics.constraint.deadSlacks ?? 0);
    position.epoch++;
    position.stepInEpoch = 0;
    position.objectiveSum = 0;
    this.#control.epochEnded();
    if (this.#checkpoints.isDue) await this.#writeCheckpoint();
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
      message: `${deadSlacks} slacks are zero while their constraint pushes: their rows are held on the bound instead of above it.`,
    });
  }

  #writeCheckpoint(): Promise<void> {
    return this.#checkpoints.write(() => captureCheckpoint(this.#context, this.#best));
  }

  async #conclude(stopped: TrainingOutcome['stopped']): Promise<TrainingOutcome> {
    if (!this.#checkpoints.has(this.step)) await this.#writeCheckpoint();
    const best = this.#best ?? (await this.#presentSnapshot());
    const { execution, parts, position } = this.#context;
    const { epoch, step, seconds } = position;
    return {
      execution: execution.kind,
      ...(execution.reason === undefined ? {} : { executionReason: execution.reason }),
      model: parts.model(best),
      metrics: best.metrics,
      stopped,
      epochs: epoch,
      steps: step,
      seconds: seconds.train + seconds.evaluate,
      phases: { compile: execution.compileSeconds, ...seconds },
      bestEpoch: best.epoch,
    };
  }

  /** The current weights, for a run that is stopped in its first epoch. */
  async #presentSnapshot(): Promise<Snapshot> {
    const { metrics, candidate } = await measureEpoch(this.#context, undefined, yieldToEvents);
    return this.#snapshot(candidate, metrics);
  }
}
