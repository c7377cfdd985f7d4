import type { RunConfiguration } from '../contract/configuration.ts';
import type { OrthantError } from '../contract/errors.ts';
import type { EpochMetrics } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';
import type { DenseLayer } from '../network/model.ts';
import type { CheckpointState } from './checkpoint.ts';
import { divergenceError } from './divergence.ts';
import type { Execution } from './execution.ts';
import type { TrainingParts } from './parts.ts';
import { learningRateAt } from './schedules.ts';
import type { Candidate } from './snapshot.ts';

/** What the parts of a training loop share. */
export interface RunContext {
  readonly configuration: RunConfiguration;
  readonly dataset: DataSet;
  readonly parts: TrainingParts;
  readonly execution: Execution;
  /** Where the run stands; changes as it goes, and goes into checkpoints as it is. */
  readonly position: CheckpointState;
}

/** A snapshot with its weights. */
export interface Snapshot extends Candidate {
  readonly metrics: EpochMetrics;
  readonly layers: readonly DenseLayer[];
}

/** Where a run begins. */
export function beginning(configuration: RunConfiguration): CheckpointState {
  const { seed, epochs, optimizer } = configuration.training;
  return {
    format: 1,
    ...{ epoch: 0, stepInEpoch: 0, step: 0, seed, epochs, learningRate: optimizer.learningRate },
    objectiveSum: 0,
    seconds: { train: 0, evaluate: 0 },
    changes: [],
  };
}

/** Learning rate of a step (from 0), with the changes taken over so far. */
export function learningRateOf({ configuration, parts, position }: RunContext, step: number): number {
  const { learningRate, epochs } = position;
  const { stepsPerEpoch } = parts.plan;
  return learningRateAt(configuration.training.schedule, learningRate, { step, stepsPerEpoch, epochs });
}

/** The error that ends this run, which has left the finite numbers at `step`. */
export function diverged(context: RunContext, what: string, step: number): OrthantError {
  const { configuration, dataset, parts, execution, position } = context;
  execution.pull();
  return divergenceError(what, {
    configuration,
    epoch: position.epoch + 1,
    step,
    // The one that is set: a schedule may have brought it down to nothing by now.
    learningRate: position.learningRate,
    largestInput: dataset.splits.train.inputs.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    coefficient: parts.method.report().coefficient,
  });
}
