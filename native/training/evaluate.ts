import type * as tfjs from '@tensorflow/tfjs-core';
import { isTensor, shapeOf, type Rows } from '../compile/rowArray.ts';
import type { OutputReport, SplitReport } from '../contract/results.ts';
import { meanLoss, type LossFunction } from './losses.ts';

/** A target's name, scale and bound, for the evaluation. */
export interface TargetBound {
  readonly name: string;
  /** Value in the target's own units = network output * scale. */
  readonly scale: number;
  /** The bound in the target's own units. */
  readonly epsilon: number;
}

export interface SplitEvaluation {
  readonly report: SplitReport;
  /** Mean over rows and outputs of relu(epsilon - prediction), in standard deviations of the target. */
  readonly violation: number;
}

/**
 * Error and positivity of predictions, in float64. Predictions are de-scaled by one float32 multiplication, as the
 * exported graph does, so that the share of negative predictions is the same in both.
 *
 * @param predictions - scaled, row-major [rows, targets.length]
 * @param expected - scaled targets of the same shape
 */
export function evaluatePredictions(
  loss: LossFunction,
  targets: readonly TargetBound[],
  predictions: Float32Array,
  expected: Float32Array,
): SplitEvaluation {
  const rows = expected.length / targets.length;
  const outputs = targets.map((target, output) =>
    evaluateOutput(target, output, targets.length, predictions, expected),
  );
  const violation = outputs.reduce((sum, output) => sum + output.violation, 0) / (rows * targets.length);
  return {
    report: {
      rows,
      loss: meanLoss(loss, predictions, expected),
      outputs: outputs.map(({ report }) => report),
    },
    violation,
  };
}

function evaluateOutput(
  { name, scale, epsilon }: TargetBound,
  output: number,
  stride: number,
  predictions: Float32Array,
  expected: Float32Array,
): { report: OutputReport; violation: number } {
  const factor = Math.fround(scale);
  const rows = expected.length / stride;
  let [squares, absolutes, negative, below, violation] = [0, 0, 0, 0, 0];
  let minimum = Infinity;
  for (let i = output; i < expected.length; i += stride) {
    const value = Math.fround((predictions[i] ?? 0) * factor);
    const error = value - (expected[i] ?? 0) * scale;
    squares += error * error;
    absolutes += Math.abs(error);
    if (value < 0) negative++;
    // NaN counts as below the bound.
    if (!(value >= epsilon)) {
      below++;
      violation += (epsilon - value) / scale;
    }
    if (value < minimum) minimum = value;
  }
  const report = {
    name,
    rmse: Math.sqrt(squares / rows),
    mae: absolutes / rows,
    negativeShare: negative / rows,
    violationShare: below / rows,
    minimum,
  };
  return { report, violation };
}

/**
 * Scaled predictions of all rows of a split, in chunks, so that memory and the time between two yields to the event
 * loop do not grow with the rows.
 *
 * @param inputs - scaled, [rows, features]
 * @param predict - forward pass with the current weights
 * @param yieldToEvents - awaited between chunks
 * @returns row-major [rows, outputs]
 */
export async function predictInChunks(
  tf: typeof tfjs,
  inputs: Rows,
  outputs: number,
  chunkRows: number,
  predict: (inputs: tfjs.Tensor2D) => tfjs.Tensor2D,
  yieldToEvents: () => Promise<void>,
): Promise<Float32Array> {
  const [rows, features] = shapeOf(inputs);
  const slice = (row: number, size: number): tfjs.Tensor2D =>
    isTensor(inputs)
      ? tf.slice(inputs, [row, 0], [size, features])
      : tf.tensor2d(inputs.values.slice(row * features, (row + size) * features), [size, features]);
  const predictions = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row += chunkRows) {
    const size = Math.min(chunkRows, rows - row);
    const chunk = tf.tidy(() => predict(slice(row, size)));
    predictions.set(chunk.dataSync(), row * outputs);
    chunk.dispose();
    await yieldToEvents();
  }
  return predictions;
}

/**
 * Rows of a chunk of at most about 2.5 billion floating-point operations, some 50 ms on two cores, with inputs of at
 * most 64 MiB. More than a few thousand rows are no faster: a call costs less than a tenth of a millisecond, and the
 * layers' outputs for so many rows no longer fit in the processor's caches.
 */
export function chunkRowsFor(weights: number, features = 1): number {
  return Math.max(64, Math.min(4096, Math.floor(1.25e9 / weights), Math.floor(2 ** 24 / features)));
}
