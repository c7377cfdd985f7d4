import { activationFunctions } from './activations.ts';
import type { DenseLayer, Model, OutputTransform } from './model.ts';
import { nonNegativeFunctions } from './transforms.ts';

/** Number of rows computed together, so that a layer's weights are read once for several rows. */
const blockRows = 32;

/** activation(x · kernel + bias) for rows of a block: [rows, inputs] -> [rows, units]. */
function denseLayer(layer: DenseLayer, x: Float64Array, rows: number): Float64Array {
  const { inputs, units, kernel, bias, activation } = layer;
  const y = new Float64Array(rows * units);
  for (let row = 0; row < rows; row++) y.set(bias, row * units);
  for (let input = 0; input < inputs; input++) {
    const weights = kernel.subarray(input * units, (input + 1) * units);
    for (let row = 0; row < rows; row++) {
      const value = x[row * inputs + input] ?? 0;
      // ReLU features are often 0.
      if (value === 0) continue;
      const start = row * units;
      for (let unit = 0; unit < units; unit++) y[start + unit] = (y[start + unit] ?? 0) + value * (weights[unit] ?? 0);
    }
  }
  const { scalar } = activationFunctions[activation];
  return activation === 'none' ? y : y.map(scalar);
}

/** Scaled predictions of linear outputs in float64, both row-major [rows, outputs]. */
export function applyTransform(
  { kind, factor, epsilon }: OutputTransform,
  linear: Float32Array | Float64Array,
): Float64Array {
  const { scalar } = nonNegativeFunctions[kind];
  const outputs = epsilon.length;
  return Float64Array.from(linear, (value, index) => {
    const output = index % outputs;
    return (factor?.[output] ?? 1) * Math.max(scalar(value), 0) + (epsilon[output] ?? 0);
  });
}

/**
 * Predictions of a stored model in float64, in plain loops that share no code with the training engine, so that
 * evidence and tests can compare both.
 *
 * @param model - its float32 weights are used without rounding
 * @param inputs - scaled, row-major [rows, features]
 * @returns scaled predictions, row-major [rows, outputs]; multiply by the target's scale to get the target's units
 */
export function predict(model: Pick<Model, 'layers' | 'transform'>, inputs: ArrayLike<number>): Float64Array {
  const { layers, transform } = model;
  const features = layers[0]?.inputs ?? 0;
  const outputs = layers.at(-1)?.units ?? 0;
  const rows = features === 0 ? 0 : inputs.length / features;
  const predictions = new Float64Array(rows * outputs);
  for (let first = 0; first < rows; first += blockRows) {
    const block = Math.min(blockRows, rows - first);
    let x: Float64Array = Float64Array.from(
      { length: block * features },
      (_, index) => inputs[first * features + index] ?? 0,
    );
    for (const layer of layers) x = denseLayer(layer, x, block);
    predictions.set(transform === undefined ? x : applyTransform(transform, x), first * outputs);
  }
  return predictions;
}
