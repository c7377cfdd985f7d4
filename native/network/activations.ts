import type * as tfjs from '@tensorflow/tfjs-core';
import { activationSchema, type Activation, type SettledConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';

/** Slope of leaky ReLU for negative x: the default of PyTorch and ONNX (that of tfjs is 0.2). */
export const leakySlope = 0.01;

/** Constants of GELU's tanh form: gelu(x) = x/2 (1 + tanh(scale (x + cubic x³))); Hendrycks & Gimpel 2016. */
export const geluConstants = { scale: Math.sqrt(2 / Math.PI), cubic: 0.044715 } as const;

/**
 * Least and most values of a function, which float32 arithmetic keeps up to a few units in the last place of an end, and
 * exactly where an end is 0; infinite where nothing limits them.
 */
export type ValueRange = readonly [least: number, most: number];

interface ActivationFunction {
  /** Element-wise, any shape. */
  readonly tensor: <T extends tfjs.Tensor>(tf: typeof tfjs, x: T) => T;
  /** The same function in float64. */
  readonly scalar: (x: number) => number;
  readonly range: ValueRange;
  /** Whether it never falls as x rises, as a monotone network requires of all its layers. */
  readonly increasing: boolean;
}

/** log(1 + exp(x)) without overflow. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** 1 / (1 + exp(-x)). */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Every activation as tfjs operations and in float64. GELU has the tanh form everywhere (training, float64, ONNX, and
 * `nn.GELU(approximate='tanh')` in PyTorch), so that all of them compute the same function.
 */
export const activationFunctions: Readonly<Record<Activation, ActivationFunction>> = {
  relu: { tensor: (tf, x) => tf.relu(x), scalar: (x) => Math.max(x, 0), range: [0, Infinity], increasing: true },
  'leaky-relu': {
    tensor: (tf, x) => tf.leakyRelu(x, leakySlope),
    scalar: (x) => (x > 0 ? x : leakySlope * x),
    range: [-Infinity, Infinity],
    increasing: true,
  },
  elu: {
    tensor: (tf, x) => tf.elu(x),
    scalar: (x) => (x > 0 ? x : Math.expm1(x)),
    range: [-1, Infinity],
    increasing: true,
  },
  tanh: { tensor: (tf, x) => tf.tanh(x), scalar: Math.tanh, range: [-1, 1], increasing: true },
  sigmoid: { tensor: (tf, x) => tf.sigmoid(x), scalar: sigmoid, range: [0, 1], increasing: true },
  softplus: { tensor: (tf, x) => tf.softplus(x), scalar: softplus, range: [0, Infinity], increasing: true },
  gelu: {
    tensor: <T extends tfjs.Tensor>(tf: typeof tfjs, x: T): T => {
      const { scale, cubic } = geluConstants;
      const inner = tf.mul(scale, tf.add(x, tf.mul(cubic, tf.mul(x, tf.square(x)))));
      return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
    },
    scalar: (x) => 0.5 * x * (1 + Math.tanh(geluConstants.scale * (x + geluConstants.cubic * x ** 3))),
    // Exactly it is at least -0.171, near x = -0.75. But 1 + tanh may be a rounding error, which a large x multiplies.
    range: [-Infinity, Infinity],
    increasing: false,
  },
  none: { tensor: (_, x) => x, scalar: (x) => x, range: [-Infinity, Infinity], increasing: true },
};

/** The activations with a lower limit, on which a linear layer can have one too. */
export const limitedActivations: readonly Activation[] = activationSchema.options.filter(
  (activation) => activationFunctions[activation].range[0] > -Infinity,
);

/**
 * One activation per hidden layer.
 *
 * @throws OrthantError `configuration` if a list of activations does not have one per hidden layer
 */
export function hiddenActivations(
  network: Pick<SettledConfiguration['network'], 'hidden' | 'activation'>,
): Activation[] {
  const { hidden, activation } = network;
  if (!Array.isArray(activation)) return hidden.map(() => activation);
  if (activation.length !== hidden.length) {
    throw new OrthantError(
      'configuration',
      `The network has ${hidden.length} hidden layers but ${activation.length} activations. Give one activation for all hidden layers, or one for each.`,
      { field: 'network.activation' },
    );
  }
  return activation;
}
