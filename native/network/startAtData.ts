import type { DenseLayer } from './model.ts';
import { activationFunctions } from './activations.ts';
import { lowestSum } from './lowestSum.ts';
import { predict } from './predict.ts';

/** Facts about the training rows at which a network starts, in scaled units. */
export interface StartData {
  /** Some training rows, row-major [rows, features]. */
  readonly inputs: Float32Array;
  /** Mean of each target. */
  readonly means: readonly number[];
  /** 1 % quantile of each target. */
  readonly lows: readonly number[];
  /** A linear model of the training rows; fitted only when it is asked for. */
  linear(): LinearStart;
}

/** outputs = inputs · weights + intercepts. */
interface LinearStart {
  /** Row-major [features, outputs]. */
  readonly weights: ArrayLike<number>;
  /** [outputs]. */
  readonly intercepts: ArrayLike<number>;
}

/** Share of the last layer's drawn weights that is kept beside the linear model: gradients still reach all units. */
const keptShare = 0.05;

/** At most this share of the units of a layer carries the linear model. */
const carrierShare = 0.25;

/**
 * With more inputs the network starts at the mean: measured on pictures (sample `ink`, 784 inputs), the linear model as
 * start raises the error by a quarter to a half, whereas with 216 inputs (R's `cpus`) and fewer it lowers it.
 */
const mostCarriedInputs = 256;

/**
 * A network whose last weights may have any sign starts as the linear model of the data: two units of each hidden layer
 * carry the positive and the negative part of its distance from the mean, the last bias is the mean, and the other last
 * weights are small. Layers that cannot carry the linear model (an activation other than relu, too few units, very many
 * inputs) start at the mean. An affine map starts as the linear model itself.
 */
export function startFree(layers: readonly DenseLayer[], data: StartData): DenseLayer[] {
  const started = layers.map(copyOf);
  const last = lastOf(started);
  if (started.length === 1) {
    const { weights, intercepts } = data.linear();
    last.kernel.set(weights);
    last.bias.set(intercepts);
    return started;
  }
  scale(last.kernel, () => keptShare, last.units);
  const rest = meanOutputs(started, data);
  last.bias.set(data.means.map((mean, output) => mean - (rest[output] ?? 0)));
  if (!carries(layers)) return started;
  const { weights, intercepts } = data.linear();
  data.means.forEach((mean, output) => {
    const direction = columnOf(weights, output, last.units);
    carry(started, output, direction, (intercepts[output] ?? 0) - mean);
    const [above, below] = unitsOf(output);
    setRow(last, above, output, 1);
    setRow(last, below, output, -1);
  });
  return started;
}

/**
 * A network whose last layer has a lower limit, the free last bias plus what covers its lowest features, starts as
 * max(linear model, low) with low = max(bound, 1 % quantile of the target): two units of each hidden layer carry its parts
 * above and below the mean, one of the last layer joins them, the last bias is low, and the other last weights are |W| of
 * the drawn W, scaled so that their mean output is a small share of mean - low. Layers that cannot carry the linear model start with
 * |W| scaled so that the mean output is the target's.
 *
 * @param bounds - least free bias of each output, in scaled units
 * @param linear - false: the hidden layers stay as they are
 * @param anySign - whether last weights keep their drawn sign, which features with both limits allow
 * @returns the layers with the free last biases
 */
export function startNonNegative(
  layers: readonly DenseLayer[],
  data: StartData,
  bounds: ArrayLike<number>,
  { linear, anySign = false }: { readonly linear: boolean; readonly anySign?: boolean },
): DenseLayer[] {
  const started = layers.map(copyOf);
  const last = lastOf(started);
  const { units } = last;
  const lows = data.lows.map((low, output) => Math.max(low, bounds[output] ?? 0));
  const heights = data.means.map((mean, output) => Math.max(mean - (lows[output] ?? 0), 0));
  if (!anySign) last.kernel.forEach((weight, at) => (last.kernel[at] = Math.abs(weight)));
  // What covers the features is proportional to the weights, and so are the outputs with it.
  const { range } = activationFunctions[layers.at(-2)?.activation ?? 'none'];
  last.bias.set(lows.map((_, output) => lowestSum(columnOf(last.kernel, output, units), 0, range).lowering));
  const drawn = meanOutputs(started, data);
  const carried = linear && carries(layers);
  const share = carried ? keptShare : 1;
  scale(last.kernel, (output) => (share * (heights[output] ?? 0)) / (drawn[output] ?? 0) || 0, units);
  last.bias.set(lows);
  if (!carried) return started;
  const { weights, intercepts } = data.linear();
  data.means.forEach((mean, output) => {
    const direction = columnOf(weights, output, units);
    const offset = (intercepts[output] ?? 0) - mean;
    const height = (1 - keptShare) * (heights[output] ?? 0);
    // One hidden layer has no place to join the parts above and below the mean: one of its units carries both.
    carry(started, output, direction, started.length === 2 ? offset + height : offset);
    if (started.length > 2) joinParts(started, output, height);
    setRow(last, unitsOf(output)[0], output, 1);
  });
  return started;
}

/** The units of each hidden layer that carry the parts above and below 0 of an output's linear model. */
const unitsOf = (output: number): readonly [above: number, below: number] => [2 * output, 2 * output + 1];

/** Makes two units of each hidden layer compute relu(l) and relu(-l) of l = inputs · direction + offset. */
function carry(layers: readonly DenseLayer[], output: number, direction: readonly number[], offset: number): void {
  layers.slice(0, -1).forEach((layer, index) => {
    unitsOf(output).forEach((unit, side) => {
      const sign = side === 0 ? 1 : -1;
      for (let input = 0; input < layer.inputs; input++) {
        const weight = index === 0 ? sign * (direction[input] ?? 0) : Number(input === unit);
        layer.kernel[input * layer.units + unit] = weight;
      }
      layer.bias[unit] = index === 0 ? sign * offset : 0;
    });
  });
}

/**
 * Makes a unit of the last hidden layer compute relu(l + height) of the two parts of l: its feature then enters the
 * output with a weight that is not negative, and the kink at l = 0 stays trainable.
 */
function joinParts(layers: readonly DenseLayer[], output: number, height: number): void {
  const [above, below] = unitsOf(output);
  const hidden = layers.at(-2);
  if (hidden === undefined) return;
  hidden.kernel[below * hidden.units + above] = -1;
  hidden.bias[above] = height;
}

/** Makes a unit act on one output only. */
function setRow({ kernel, units }: DenseLayer, unit: number, output: number, weight: number): void {
  kernel.fill(0, unit * units, (unit + 1) * units);
  kernel[unit * units + output] = weight;
}

/** Whether every hidden layer can spare two units for each output, and hands non-negative values on unchanged. */
const carries = (layers: readonly DenseLayer[]): boolean =>
  layers.length > 1 &&
  (layers[0]?.inputs ?? 0) <= mostCarriedInputs &&
  layers
    .slice(0, -1)
    .every(({ activation, units }) => activation === 'relu' && 2 * lastOf(layers).units <= carrierShare * units);

const mostProducts = 2e8;

/** Mean of each output over some rows. */
function meanOutputs(layers: readonly DenseLayer[], { inputs }: StartData): number[] {
  const features = layers[0]?.inputs ?? 1;
  const outputs = lastOf(layers).units;
  const weights = layers.reduce((sum, { kernel }) => sum + kernel.length, 0);
  const rows = Math.min(inputs.length / features, Math.max(64, Math.floor(mostProducts / weights)));
  const predictions = predict({ layers }, inputs.subarray(0, rows * features));
  const sums = new Array<number>(outputs).fill(0);
  predictions.forEach((value, at) => (sums[at % outputs] = (sums[at % outputs] ?? 0) + value / rows));
  return sums;
}

const copyOf = (layer: DenseLayer): DenseLayer => ({
  ...layer,
  kernel: Float32Array.from(layer.kernel),
  bias: Float32Array.from(layer.bias),
});

function lastOf(layers: readonly DenseLayer[]): DenseLayer {
  const last = layers.at(-1);
  if (last === undefined) throw new Error('A network has at least one layer.');
  return last;
}

const columnOf = (values: ArrayLike<number>, column: number, columns: number): number[] =>
  Array.from({ length: values.length / columns }, (_, row) => values[row * columns + column] ?? 0);

/** Multiplies each column of a kernel, [inputs, units]. */
function scale(kernel: Float32Array, factor: (unit: number) => number, units: number): void {
  kernel.forEach((weight, at) => (kernel[at] = weight * factor(at % units)));
}
