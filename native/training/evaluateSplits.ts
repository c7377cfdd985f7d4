import type { Loss } from '../contract/configuration.ts';
import { splitNames, type Distribution, type SplitReports } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';
import { distributionOf } from './distribution.ts';
import { evaluatePredictions, type SplitEvaluation, type TargetBound } from './evaluate.ts';
import type { Execution } from './execution.ts';

/** One network on all its splits, at frozen weights. */
export interface SplitsEvaluation {
  readonly splits: SplitReports;
  /** Scaled, row-major [training rows, outputs]. */
  readonly trainPredictions: Float32Array;
  /** Mean violation of the training split. */
  readonly violation: number;
  /** Of the validation split, or of the training split where there is no validation split. */
  readonly loss: number;
  /** Of the training predictions. */
  readonly distribution: Distribution[];
  /** Whether every prediction and every loss is a finite number; if not, the rest means nothing. */
  readonly finite: boolean;
}

/**
 * Predicts all rows of all splits and compares them with their targets; splits without rows are left out.
 *
 * @param targets - one an output, in the network's order
 * @param breathe - awaited between chunks of rows
 */
export async function evaluateSplits(
  execution: Execution,
  targets: readonly TargetBound[],
  loss: Loss,
  dataset: DataSet,
  breathe: () => Promise<void>,
): Promise<SplitsEvaluation> {
  const evaluations: Partial<Record<keyof SplitReports, SplitEvaluation>> = {};
  let trainPredictions: Float32Array = new Float32Array();
  let finite = true;
  for (const split of splitNames) {
    if (dataset.splits[split].rows === 0) continue;
    const predictions = await execution.predictSplit(split, breathe);
    const evaluation = evaluatePredictions(loss, targets, predictions, dataset.splits[split].targets);
    // A prediction that is not a finite number makes its output's sum of squares one that is not.
    const { loss: mean, outputs } = evaluation.report;
    finite &&= Number.isFinite(mean) && outputs.every(({ rmse }) => Number.isFinite(rmse));
    evaluations[split] = evaluation;
    if (split === 'train') trainPredictions = predictions;
  }
  const { train, validation } = evaluations;
  return {
    splits: Object.fromEntries(Object.entries(evaluations).map(([split, { report }]) => [split, report])),
    trainPredictions,
    violation: train?.violation ?? 0,
    loss: (validation ?? train)?.report.loss ?? 0,
    distribution: finite ? distributionOf(targets, trainPredictions) : [],
    finite,
  };
}
