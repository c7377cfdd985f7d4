import type { EpochMetrics } from '../contract/results.ts';
import { diverged, learningRateOf, type RunContext } from './context.ts';
import { evaluateSplits, type SplitsEvaluation } from './evaluateSplits.ts';
import { isBetter, type Candidate } from './snapshot.ts';

/** A run whose training loss is so many times the first epoch's has diverged even if the numbers are finite. */
const divergedFactor = 1e6;

/**
 * Evaluates the present weights on all splits, lets the method end its epoch, and judges the weights as a snapshot.
 *
 * @param best - the best snapshot so far
 * @param breathe - awaited between chunks of rows
 * @throws OrthantError `diverged`
 */
export async function measureEpoch(
  context: RunContext,
  best: Candidate | undefined,
  breathe: () => Promise<void>,
): Promise<{ metrics: EpochMetrics; candidate: Candidate; seconds: number }> {
  const { configuration, dataset, execution, parts, position } = context;
  const { method, definition, targetBounds } = parts;
  const started = performance.now();
  const evaluation = await evaluateSplits(execution, targetBounds, configuration.training.loss, dataset, breathe);
  checkConvergence(context, evaluation);
  const epoch = position.epoch + 1;
  execution.pull(Object.values(method.state));
  method.endEpoch?.({ epoch, predictions: evaluation.trainPredictions });
  const constraint = method.report();
  execution.push();
  const seconds = (performance.now() - started) / 1000;
  position.seconds.evaluate += seconds;
  const candidate = { epoch, violation: evaluation.violation, loss: evaluation.loss };
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

function checkConvergence(context: RunContext, { splits, finite }: SplitsEvaluation): void {
  const { position } = context;
  if (!finite) throw diverged(context, 'predictions are not finite numbers', position.step);
  const loss = splits.train?.loss ?? 0;
  position.firstLoss ??= loss;
  if (loss > divergedFactor * Math.max(1, position.firstLoss)) {
    throw diverged(context, `the training loss has grown to ${loss.toPrecision(3)}`, position.step);
  }
}
