import { z } from 'zod';
import { defineMethod } from './method.ts';
import { activationFunctions, hiddenActivations, type ValueRange } from '../network/activations.ts';
import { startNonNegative } from '../network/startAtData.ts';
import {
  checkFeatures,
  featuresOf,
  nonNegativeBySetting,
  nonNegativeLayers,
  requiredFeatures,
  weightCurve,
} from './nonNegative.ts';

const settings = z.strictObject({ by: nonNegativeBySetting });

const title = 'Non-negative last layer';

const allowsAnySign = (by: z.output<typeof settings>['by'], [, most]: ValueRange): boolean =>
  by === 'projection' && most < Infinity;

/**
 * Non-negative last layer: the output stays plain linear, with weights and biases that keep it at or above the bound.
 *
 *     p = W z + b,   z = φ(...),   b_k >= ε_k + Σ_j max(-w_jk inf φ, -w_jk sup φ)   =>   p >= ε for every input
 *
 * z: features of the last hidden layer, [batch, features]; W: [features, outputs]; b: [outputs]; ε the bound of each
 * output. It depends on the activation φ what the condition means:
 *
 * - relu, softplus (0 to ∞): W >= 0 and b >= ε;
 * - elu (-1 to ∞): W >= 0 and b >= ε + Σ_j w_j;
 * - tanh (-1 to 1): weights of any sign and b >= ε + Σ_j |w_j|;
 * - sigmoid (0 to 1): weights of any sign and b >= ε + Σ_j max(-w_j, 0).
 *
 * After each step, where W >= 0 is needed, W <- max(W, 0). Instead of b its part above the sum is trained: b = c + Σ_j
 * ..., c <- max(c, ε) after each step; the gradient then sees that the sum grows with W. Or W = f(u) and c = ε + f(v)
 * for a free u and v, with W >= 0 for every φ. W >= 0 starts from |W|: starting at max(W, 0) would make half of the
 * features useless. ε is rounded up to the smallest float32 that is at least ε after de-scaling, and the sum leaves a
 * margin for its rounding. Nothing is added to the loss. (tfjs's own `kernelConstraint` has no effect in training: tfjs
 * issue 3345. So this method projects by itself.)
 *
 * With two or more hidden layers the network can still approximate every continuous function that is at least ε on a
 * bounded set: the hidden layers approximate f - ε, one feature passes it on with weight 1 (or a small piece of it with
 * a large weight). With one hidden layer of relu, elu or softplus the network is a sum of convex functions and so
 * convex in the inputs, which limits it strongly.
 *
 * Sources: the projection: PyTorch forum topic 60122; Bertsekas, On the Goldstein-Levitin-Polyak gradient projection
 * method, 1976; the lowest sum over a box of features: Gowal et al., On the Effectiveness of Interval Bound Propagation,
 * 2018; convexity with one hidden layer: Amos, Xu & Kolter, Input Convex Neural Networks, 2017.
 *
 * Promises: p >= ε for every input, readable from the stored weights. Does not promise: the last bit of accuracy.
 */
export const nonNegativeLastLayer = defineMethod({
  id: 'non-negative-last-layer',
  title,
  summary:
    'Keeps the last layer plain linear, with a bias that its features cannot lower below the bound: weights of at least 0, or of any sign after tanh or sigmoid.',
  promise: 'for-every-input',
  promiseText: 'No output is below the bound, whatever the input; looking at the weights is enough to check it.',
  formula: String.raw`p = W z + b, \quad b_k \ge \varepsilon_k + \textstyle\sum_j \max(-w_{jk} \, \inf\varphi, \, -w_{jk} \, \sup\varphi) \;\Longrightarrow\; p \ge \varepsilon`,
  source:
    'Projected gradient descent on parameters, as in PyTorch forum topic 60122; Amos, Xu & Kolter, Input Convex Neural Networks, 2017, for the convex case.',
  preconditions: [
    requiredFeatures,
    'At least one hidden layer; with only one, of relu, elu or softplus, the model is a convex function of its inputs.',
    'Weights of any sign need tanh or sigmoid before the last layer, and projection.',
  ],
  settings,
  curve: ({ by }) => weightCurve(by),
  check: (_, network) => {
    checkFeatures(title, network);
    const activations = hiddenActivations(network);
    if (activations.length > 1 || activations.some((activation) => activationFunctions[activation].range[1] < Infinity))
      return [];
    return [
      {
        message: `With one hidden layer and non-negative last-layer weights the model is a convex function of its inputs: it can bend upwards only. Use two or more hidden layers.`,
      },
    ];
  },
  start: ({ by }, drawn, data, epsilon) =>
    startNonNegative(drawn, data, epsilon, {
      linear: true,
      anySign: allowsAnySign(by, featuresOf(drawn.at(-2)?.activation)),
    }),
  create: ({ by }, context) => {
    const index = context.layers.length - 1;
    const features = featuresOf(context.activations.at(-1));
    const anySign = allowsAnySign(by, features);
    return nonNegativeLayers(context, by, [{ index, floor: context.epsilon, features, anySign }]);
  },
});
