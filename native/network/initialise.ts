import type * as tfjs from '@tensorflow/tfjs-core';
import type { SettledConfiguration } from '../contract/configuration.ts';
import { Random } from '../base/random.ts';
import { hiddenActivations } from './activations.ts';
import type { LayerVariables } from './layers.ts';
import type { DenseLayer } from './model.ts';

type Initialiser = SettledConfiguration['network']['initialiser'];

/** Draws one weight of a layer with `inputs` and `units`. */
type Draw = (random: Random, inputs: number, units: number) => number;

const normal = (random: Random, deviation: number): number => deviation * random.normal();
const uniform = (random: Random, limit: number): number => random.uniform(-limit, limit);

/**
 * He et al. 2015 (variance 2 / inputs, made for ReLU), Glorot & Bengio 2010 (2 / (inputs + units)) and LeCun et al.
 * 1998 (1 / inputs). A uniform distribution on [-a, a] has variance a² / 3. Normal ones are not truncated.
 */
const draws: Readonly<Record<Initialiser, Draw>> = {
  'he-normal': (random, inputs) => normal(random, Math.sqrt(2 / inputs)),
  'he-uniform': (random, inputs) => uniform(random, Math.sqrt(6 / inputs)),
  'glorot-normal': (random, inputs, units) => normal(random, Math.sqrt(2 / (inputs + units))),
  'glorot-uniform': (random, inputs, units) => uniform(random, Math.sqrt(6 / (inputs + units))),
  'lecun-normal': (random, inputs) => normal(random, Math.sqrt(1 / inputs)),
};

/** Size and settings of a new network. */
interface InitialNetwork {
  readonly network: SettledConfiguration['network'];
  /** Number of network inputs after encoding. */
  readonly inputs: number;
  readonly outputs: number;
  readonly seed: number;
}

/**
 * The network before training: random weights by seed, with a separate random stream for each layer, and biases 0.
 *
 * @returns hidden layers and the plain linear last one
 * @throws OrthantError `configuration` if activations and hidden layers do not match
 */
export function drawLayers({ network, inputs: features, outputs, seed }: InitialNetwork): DenseLayer[] {
  const activations = hiddenActivations(network);
  const sizes = [features, ...network.hidden, outputs];
  const draw = draws[network.initialiser];
  return sizes.slice(1).map((units, layer) => {
    const inputs = sizes[layer] ?? 0;
    const random = new Random(seed, 'first weights', layer);
    return {
      inputs,
      units,
      kernel: Float32Array.from({ length: inputs * units }, () => draw(random, inputs, units)),
      bias: new Float32Array(units),
      activation: activations[layer] ?? 'none',
    };
  });
}

/** Given weights as trainable Variables. The caller disposes them. */
export function layerVariables(tf: typeof tfjs, layers: readonly DenseLayer[]): LayerVariables[] {
  return tf.tidy(() =>
    layers.map(({ kernel, bias, inputs, units }) => ({
      kernel: tf.variable(tf.tensor2d(kernel, [inputs, units])),
      bias: tf.variable(tf.tensor1d(bias)),
    })),
  );
}
