import { z } from 'zod';
import { startNonNegative } from '../network/startAtData.ts';
import { defineMethod } from './method.ts';
import { checkFeatures, nonNegativeBySetting, nonNegativeLayers, weightCurve } from './nonNegative.ts';

const settings = z.strictObject({ by: nonNegativeBySetting });

const title = 'Non-negative last layer';

/**
 * Non-negative last layer: the output stays plain linear, with weights and biases that keep it at or above the bound.
 *
 *     p = W z + b,   z = φ(...) >= 0,   W >= 0,   b >= ε   =>   p >= ε for every input
 *
 * z: features of the last hidden layer, [batch, features], not negative because of their activation φ (relu, sigmoid,
 * softplus); W: [features, outputs]; b: [outputs]; ε the bound of each output. After each step W <- max(W, 0) and b <-
 * max(b, ε), or W = f(u) and b = ε + f(v) for a free u and v. W starts at |W|: starting at max(W, 0) would make half of
 * the features useless. b's floor is the smallest float32 that is at least ε after de-scaling. Nothing is added to the
 * loss. (tfjs's own `kernelConstraint` has no effect in training: tfjs issue 3345. So this method projects by itself.)
 *
 * With two or more hidden layers the network can still approximate every continuous function that is at least ε on a
 * bounded set: the hidden layers approximate f - ε, one feature passes it on with weight 1. With one hidden layer of
 * relu or softplus the network is a sum of convex functions and so convex in the inputs, which limits it strongly.
 *
 * Sources: the projection: PyTorch forum topic 60122; Bertsekas, On the Goldstein-Levitin-Polyak gradient projection
 * method, 1976; convexity with one hidden layer: Amos, Xu & Kolter, Input Convex Neural Networks, 2017.
 *
 * Promises: p >= ε for every input, readable from the stored weights. Does not promise: the last bit of accuracy.
 */
export const nonNegativeLastLayer = defineMethod({
  id: 'non-negative-last-layer',
  title,
  summary: 'Keeps the last layer plain linear, with weights of at least 0 and biases of at least the bound.',
  promise: 'for-every-input',
  promiseText: 'No output is below the bound, whatever the input; looking at the weights is enough to check it.',
  formula: String.raw`p = W z + b, \quad z \ge 0, \; W \ge 0, \; b \ge \varepsilon \;\Longrightarrow\; p \ge \varepsilon`,
  source:
    'Projected gradient descent on parameters, as in PyTorch forum topic 60122; Amos, Xu & Kolter, Input Convex Neural Networks, 2017, for the convex case.',
  preconditions: [
    'The last hidden layer’s activation is never negative: relu, sigmoid or softplus.',
    'At least one hidden layer; with only one, of relu or softplus, the model is a convex function of its inputs.',
  ],
  settings,
  curve: ({ by }) => weightCurve(by),
  check: (_, network) => {
    checkFeatures(title, network);
    const { hidden, activation } = network;
    if (hidden.length > 1 || [activation].flat()[0] === 'sigmoid') return [];
    return [
      {
        message: `With one hidden layer and non-negative last-layer weights the model is a convex function of its inputs: it can bend upwards only. Use two or more hidden layers.`,
      },
    ];
  },
  start: (_, drawn, data, epsilon) => startNonNegative(drawn, data, epsilon, { linear: true }),
  create: ({ by }, context) =>
    nonNegativeLayers(context, by, [
      {
        index: context.layers.length - 1,
        biasFloor: context.epsilon,
      },
    ]),
});
