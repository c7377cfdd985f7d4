import { z } from 'zod';
import { OrthantError } from '../contract/errors.ts';
import { activationFunctions, hiddenActivations } from '../network/activations.ts';
import type { DenseLayer } from '../network/model.ts';
import { startNonNegative } from '../network/startAtData.ts';
import { defineMethod } from './method.ts';
import {
  checkFeatures,
  featuresOf,
  nonNegativeBySetting,
  nonNegativeLayers,
  requiredFeatures,
  weightCurve,
} from './nonNegative.ts';

const settings = z.strictObject({ by: nonNegativeBySetting });

const title = 'Positive parameters';

/**
 * Positive parameters, the thread's fourth answer: no weight and no bias of any layer is negative.
 *
 *     W_l >= 0, b_l >= 0 for every layer l,   b >= max(ε, 0) - inf φ · Σ_j w_j in the last   =>   p >= ε for every input
 *
 * W_l: [inputs, units], b_l: [units] of layer l; ε the bound of each output; inf φ the lower limit of the last hidden
 * activation, 0 for relu, sigmoid and softplus, -1 for elu and tanh. After each step W_l <- max(W_l, 0) and b_l
 * <- max(b_l, 0), or each is a function of a free parameter. Kernels start at |W|, divided so that the weights of a
 * unit sum to 1 on average: the signs no longer cancel, and undivided weights would multiply a signal by about the
 * square root of the number of inputs in each layer. Nothing is added to the loss.
 *
 * All activations except gelu, which is refused, are increasing, and so is every layer: the network can only increase
 * in each of its inputs. It cannot follow a target that falls as an input rises.
 *
 * Sources: PyTorch forum thread 178758, fourth answer; Archer & Wang, Application of the back propagation neural
 * network algorithm with monotonicity constraints, 1993; arXiv 2505.02537 on what such networks can represent.
 *
 * Promises: p >= ε for every input and parameters that are not negative. Does not promise: a useful fit.
 */
export const positiveParameters = defineMethod({
  id: 'positive-parameters',
  title,
  summary: 'Keeps every weight and bias of every layer at 0 or above, which also makes the network monotone.',
  promise: 'for-every-input',
  promiseText:
    'No output is below the bound, whatever the input; in exchange the model can only rise with each of its inputs.',
  formula: String.raw`W_l \ge 0, \; b_l \ge 0 \text{ for every layer } l, \quad b \ge \varepsilon - \inf\varphi \, \textstyle\sum_j w_j \text{ in the last} \;\Longrightarrow\; p \ge \varepsilon`,
  source:
    'Fourth answer of the PyTorch forum thread 178758; Archer & Wang, monotonicity constraints in back propagation, 1993.',
  preconditions: [
    requiredFeatures,
    'At least one hidden layer, and none with gelu, which falls before it rises.',
    'The target rises, or at least does not fall, with every input: the model becomes monotone.',
  ],
  settings,
  curve: ({ by }) => weightCurve(by),
  check: (_, network) => {
    checkFeatures(title, network);
    const falling = hiddenActivations(network).find((activation) => !activationFunctions[activation].increasing);
    if (falling !== undefined) {
      throw new OrthantError(
        'configuration',
        `The method "${title}" makes a network that only rises with its inputs, and the activation "${falling}" falls before it rises. Choose another one for that hidden layer, or the method non-negative-last-layer.`,
        { field: 'network.activation' },
      );
    }
    return [
      {
        message:
          'With all weights at 0 or above the model is monotone: no output can fall when an input rises. To keep only the outputs positive, choose non-negative-last-layer.',
      },
    ];
  },
  start: (_, drawn, data, epsilon) =>
    startNonNegative(drawn.map(averaging), data, floorsOf(epsilon), { linear: false }),
  create: ({ by }, context) => {
    const { layers, activations } = context;
    const last = layers.length - 1;
    const bounds = floorsOf(context.epsilon);
    return nonNegativeLayers(
      context,
      by,
      layers.map(({ bias }, index) =>
        index === last
          ? { index, floor: bounds, features: featuresOf(activations.at(-1)) }
          : { index, floor: new Float32Array(bias.size) },
      ),
    );
  },
});

/** The last biases are parameters too, so they are never negative. */
const floorsOf = (epsilon: Float32Array): Float32Array => epsilon.map((bound) => Math.max(bound, 0));

/** A layer with |W|, divided so that the weights of a unit sum to 1 on average. */
function averaging(layer: DenseLayer): DenseLayer {
  const sizes = layer.kernel.map(Math.abs);
  const sum = sizes.reduce((total, size) => total + size, 0) / layer.units;
  return { ...layer, kernel: sizes.map((size) => size / sum) };
}
