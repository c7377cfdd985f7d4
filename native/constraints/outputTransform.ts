import { z } from 'zod';
import { OrthantError } from '../contract/errors.ts';
import { outputTransforms, type OutputTransformKind } from '../network/model.ts';
import { exponentLimit, nonNegativeFunctions } from '../network/transforms.ts';
import { startFree, type StartData } from '../network/startAtData.ts';
import { sampleCurve } from './methodCurves.ts';
import { logTargets } from './logTargets.ts';
import { defineMethod } from './method.ts';
import { vectorVariable } from './state.ts';

const settings = z.strictObject({
  transform: z
    .enum(outputTransforms)
    .default('softplus')
    .meta({
      title: 'Transform',
      description: `What the linear output becomes: relu(x), softplus(x) = log(1 + exp(x)), exp(min(x, ${exponentLimit})), or x². Cutting off, as relu does, always lowers the squared error on positive targets; that alone is no better fit.`,
    }),
  target: z.enum(['as-is', 'log']).default('as-is').meta({
    title: 'Train on',
    description:
      'as-is: the target itself. log, for exp only: the logarithm of its distance from the bound, which suits skewed targets; exp alone then predicts the median, and Duan’s smearing factor multiplies it to predict the mean.',
  }),
});

/**
 * Output transform, the thread's third answer: a function with non-negative values after the linear layer, plus the
 * bound.
 *
 *     p = f(z) + ε,   f(z) = relu(z) | log(1 + exp(z)) | exp(min(z, 30)) | z²
 *
 * z: linear output, p: prediction, [batch, outputs]; ε the bound of each output, as the smallest float32 that is at
 * least the bound after de-scaling, recorded in the model. Nothing is added to the loss. The last bias starts where
 * f is 1 (one standard deviation of the target): a relu output that starts below 0 would get no gradient.
 *
 * exp's argument is cut at 30 before exponentiation, in training and in the stored model alike, since one exp(89) is
 * infinite in float32 and ends a run. In float32, softplus and exp are exactly 0 below about -103: strictly positive
 * outputs need ε > 0, which survives that because it is added last. relu has gradient 0 below 0, square at 0.
 *
 * With target=log the linear output is trained on the logarithm of y - ε instead, by a loss in that space, and a
 * prediction is ε + S exp(min(z, 30)) with a smearing factor S: see logTargets.ts.
 *
 * Sources: PyTorch forum thread 178758, third answer; exp is the log link of generalised linear models (McCullagh &
 * Nelder, 1989); softplus: Dugas et al., NIPS 2000. Stuck relu outputs: PyTorch forum topic 106851.
 *
 * Cutting off negative outputs, as relu does, always lowers the squared error on positive targets, since a projection
 * onto a convex set that contains the target reduces the distance to it. A lower error than the plain network's
 * therefore does not show a better fit.
 *
 * Promises: p >= ε for every input. Does not promise: a plain linear output, which every other method has.
 */
export const outputTransform = defineMethod({
  id: 'output-transform',
  title: 'Output transform',
  summary: 'Puts relu, softplus, exp or the square behind the last layer and adds the bound.',
  promise: 'for-every-input',
  promiseText:
    'No output is below the bound, whatever the input; the output is no longer that of a plain linear layer.',
  formula: String.raw`p = f(z) + \varepsilon, \quad f(z) \in \left\{\max(z, 0),\; \log(1 + e^{z}),\; e^{\min(z, 30)},\; z^2\right\}`,
  source:
    'Third answer of the PyTorch forum thread 178758; the log link of generalised linear models, McCullagh & Nelder, 1989; Duan, Smearing Estimate, 1983.',
  settings,
  curve: ({ transform }) =>
    sampleCurve(
      { title: `The transform ${transform}`, xLabel: 'linear output', yLabel: 'prediction (bound 0)' },
      [-3, 3],
      nonNegativeFunctions[transform].scalar,
    ),
  check: ({ transform, target }) => {
    if (target === 'as-is' || transform === 'exp') return [];
    throw new OrthantError(
      'configuration',
      `Training on the logarithm of the target needs the transform exp, which leads back from it, not ${transform}. Choose exp (--set transform=exp), or the target as it is (--set target=as-is).`,
      { field: 'constraint.method.settings.target' },
    );
  },
  targetFunction: ({ target }, epsilon) => (target === 'log' ? logTargets(epsilon) : undefined),
  start: ({ transform, target }, drawn, data, epsilon) =>
    startFree(drawn, target === 'log' ? data : beforeTransform(transform, data, epsilon)),
  create: ({ transform: kind, target }, context) => {
    const { tf, epsilon } = context;
    if (target === 'log') return { outputTransform: { kind, epsilon } };
    const state = { epsilon: vectorVariable(context, epsilon) };
    const { tensor } = nonNegativeFunctions[kind];
    return {
      state,
      transform: (linear) => tf.add(tensor(tf, linear), state.epsilon),
      outputTransform: { kind, epsilon },
    };
  },
});

/** Least distance of a mean from its bound, in deviations: nearer to 0 the transforms' derivatives vanish. */
const leastHeight = 1e-3;

/** What the linear output has to start at: the transform's inverse at the mean, and its tangent for the linear model. */
function beforeTransform(kind: OutputTransformKind, data: StartData, epsilon: Float32Array): StartData {
  const { inverse, slope } = nonNegativeFunctions[kind];
  const heights = data.means.map((mean, output) => Math.max(mean - (epsilon[output] ?? 0), leastHeight));
  const means = heights.map(inverse);
  const slopes = heights.map(slope);
  return {
    ...data,
    means,
    linear: () => {
      const { weights, intercepts } = data.linear();
      return {
        weights: Array.from(weights, (weight, at) => weight / (slopes[at % slopes.length] ?? 1)),
        intercepts: means.map(
          (mean, output) => mean + ((intercepts[output] ?? 0) - (data.means[output] ?? 0)) / (slopes[output] ?? 1),
        ),
      };
    },
  };
}
