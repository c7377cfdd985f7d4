import type { SettledConfiguration } from '../contract/configuration.ts';
import type { EpochMetrics } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';
import type { DenseLayer } from '../network/model.ts';
import type { TrainingParts } from './buildParts.ts';
import type { Execution } from './execution.ts';
import type { RunPosition } from './position.ts';
import { learningRateAt } from './schedules.ts';
import type { Candidate } from './snapshot.ts';

/** Data that the parts of a training loop share. */
export interface RunContext {
  readonly configuration: SettledConfiguration;
  readonly dataset: DataSet;
  readonly parts: TrainingParts;
  readonly execution: Execution;
  readonly position: RunPosition;
}

/** A snapshot with its weights. */
export interface Snapshot extends Candidate {
  readonly metrics: EpochMetrics;
  readonly layers: readonly DenseLayer[];
}

/** Learning rate of a step (from 0), with the changes applied so far. */
export function learningRateOf({ configuration, parts, position }: RunContext, step: number): number {
  const { learningRate, epochs } = position;
  const { stepsPerEpoch } = parts.plan;
  return learningRateAt(configuration.training.schedule, learningRate, { step, stepsPerEpoch, epochs });
}
