import { splitNames, type Distribution, type EpochMetrics, type SplitReports } from '../contract/results.ts';
import { distributionOf } from './distribution.ts';
import { diverged } from './divergence.ts';
import { evaluatePredictions, type SplitEvaluation } from './evaluate.ts';
import { learningRateOf, type RunContext } from './runContext.ts';
import { averagedEpochs, isBetter, type Candidate } from './snapshot.ts';
import { predictionsOf } from './trainedTargets.ts';

/**
 * A run has diverged if its training loss reaches this many times the first epoch's, even if all numbers are finite.
 */
const divergedFactor = 1e6;

/**
 * Evaluates the current weights on all splits, ends the method's epoch, and judges the weights as a snapshot.
 *
 * @param best - the best snapshot so far
 * @param yieldToEvents - awaited between chunks of rows
 * @throws OrthantError `diverged`
 */
export async function measureEpoch(
  context: RunContext,
  best: Candidate | undefined,
  yieldToEvents: () => Promise<void>,
): Promise<{ metrics: EpochMetrics; candidate: Candidate; seconds: number }> {
  const { execution, parts, position } = context;
  const { method, definition } = parts;
  const started = performance.now();
  const evaluation = await evaluateSplits(context, yieldToEvents);
  checkConvergence(context, evaluation);
  const epoch = position.epoch + 1;
  execution.pull(Object.values(method.state));
  method.endEpoch?.({ epoch, predictions: evaluation.trainPredictions });
  const constraint = method.report();
  execution.push();
  const seconds = (performance.now() - started) / 1000;
  position.seconds.evaluate += seconds;
  const { violation, loss, factor } = evaluation;
  position.recentLosses = [...position.recentLosses, loss].slice(-averagedEpochs(position.epochs));
  const candidate = {
    epoch,
    violation,
    loss: meanOf(position.recentLosses),
    ...(factor === undefined ? {} : { factor }),
  };
  const metrics: EpochMetrics = {
    epoch,
    step: position.step,
    seconds: position.seconds.train + position.seconds.evaluate,
    learningRate: learningRateOf(context, Math.max(0, position.step - 1)),
    objective: position.stepInEpoch === 0 ? evaluation.loss : position.objectiveSum / position.stepInEpoch,
    splits: evaluation.splits,
    constraint,
    distribution: evaluation.distribution,
    best: isBetter(candidate, best, definition.promise !== 'none'),
  };
  return { metrics, candidate, seconds };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function checkConvergence(context: RunContext, { splits, finite }: SplitsEvaluation): void {
  const { position } = context;
  if (!finite) throw diverged(context, 'predictions are not finite numbers', position.step);
  const loss = splits.train?.loss ?? 0;
  position.firstLoss ??= loss;
  if (loss > divergedFactor * Math.max(1, position.firstLoss)) {
    throw diverged(context, `the training loss has grown to ${loss.toPrecision(3)}`, position.step);
  }
}

/** Evaluation of one network on all splits, at frozen weights. */
interface SplitsEvaluation {
  readonly splits: SplitReports;
  /** Scaled, row-major [training rows, outputs]. */
  readonly trainPredictions: Float32Array;
  /** Mean violation of the training split. */
  readonly violation: number;
  /** Loss of the validation split, or of the training split if there is no validation split. */
  readonly loss: number;
  /** Factor of the output transform, for a network that is trained on a function of the targets. */
  readonly factor: Float32Array | undefined;
  /** Distribution of the training predictions. */
  readonly distribution: Distribution[];
  /** Whether every prediction and every loss is a finite number; if not, the other fields have no meaning. */
  readonly finite: boolean;
}

/**
 * Predicts all rows of all splits and compares them with their targets; splits without rows are left out.
 *
 * @param yieldToEvents - awaited between chunks of rows
 */
async function evaluateSplits(
  { dataset, execution, parts }: RunContext,
  yieldToEvents: () => Promise<void>,
): Promise<SplitsEvaluation> {
  const evaluations: Partial<Record<keyof SplitReports, SplitEvaluation>> = {};
  const { loss, method, targetBounds: targets, targetFunction } = parts;
  let trainPredictions: Float32Array = new Float32Array();
  let factor: Float32Array | undefined;
  let finite = true;
  for (const split of splitNames) {
    if (dataset.splits[split].rows === 0) continue;
    const expected = dataset.splits[split].targets;
    const computed = await execution.predictSplit(split, yieldToEvents);
    // The training split comes first.
    if (split === 'train') factor = targetFunction?.factor(computed, expected);
    const predictions = predictionsOf(method.outputTransform, factor, computed);
    const evaluation = evaluatePredictions(loss, targets, predictions, expected);
    // A prediction that is not finite makes its output's sum of squares not finite.
    const { outputs } = evaluation.report;
    finite &&= Number.isFinite(evaluation.report.loss) && outputs.every(({ rmse }) => Number.isFinite(rmse));
    evaluations[split] = evaluation;
    if (split === 'train') trainPredictions = predictions;
  }
  const { train, validation } = evaluations;
  return {
    splits: Object.fromEntries(Object.entries(evaluations).map(([split, { report }]) => [split, report])),
    trainPredictions,
    violation: train?.violation ?? 0,
    loss: (validation ?? train)?.report.loss ?? 0,
    factor,
    distribution: finite ? distributionOf(targets, trainPredictions) : [],
    finite,
  };
}
