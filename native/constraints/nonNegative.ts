import type * as tfjs from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Activation, SettledConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { Curve } from '../contract/methodDescriptor.ts';
import { activationFunctions, hiddenActivations, limitedActivations, type ValueRange } from '../network/activations.ts';
import { joined } from '../base/lists.ts';
import { computedRange, sumMargin } from '../network/lowestSum.ts';
import { exponentLimit, nonNegativeFunctions } from '../network/transforms.ts';
import { sampleCurve } from './methodCurves.ts';
import type { LayerTensors, LayerVariables, MethodBehaviour, MethodContext } from './method.ts';
import { vectorVariable } from './state.ts';

/**
 * Weights that are never negative: shared by the methods that constrain the last layer or all of them. Two ways,
 * measured against each other in research section 3.11: projection (a weight that a step made negative becomes 0) keeps
 * the optimizer's own variables; reparametrisation (W = u², log(1 + exp u) or exp u of a free u) needs no projection,
 * but is slower or stalls where its derivative is small.
 */
export const nonNegativeBySetting = z
  .enum(['projection', 'square', 'softplus', 'exp'])
  .default('projection')
  .meta({
    title: 'By',
    description: `How weights are kept from being negative where they must not be: projection sets negative ones to 0 after each step; square, softplus and exp (of at most ${exponentLimit}) train a free parameter of which the weight is that function.`,
  });

type NonNegativeBy = z.output<typeof nonNegativeBySetting>;

/** The weight as a function of the trained parameter. */
export const weightCurve = (by: NonNegativeBy): Curve =>
  sampleCurve(
    {
      title: 'Weight',
      xLabel: by === 'projection' ? 'weight after the step' : 'free parameter',
      yLabel: 'weight used',
    },
    [-3, 3],
    nonNegativeFunctions[by === 'projection' ? 'relu' : by].scalar,
  );

/**
 * Refuses networks whose last features have no lower limit: there non-negative last-layer weights do not bound the output.
 *
 * @throws OrthantError `configuration`
 */
export function checkFeatures(title: string, network: SettledConfiguration['network']): void {
  const last = hiddenActivations(network).at(-1);
  if (last === undefined) {
    throw new OrthantError(
      'configuration',
      `The method "${title}" needs a hidden layer: without one, the last layer's features are the inputs, which may be negative. Give at least one hidden layer, better two, or choose the output transform.`,
      { field: 'network.hidden' },
    );
  }
  if (!limitedActivations.includes(last)) {
    throw new OrthantError(
      'configuration',
      `The method "${title}" needs features with a lower limit that float32 keeps, and those of the last hidden layer's activation "${last}" have none. Choose ${joined(limitedActivations, 'or')} for it, or choose the output transform.`,
      { field: 'network.activation' },
    );
  }
}

/** The precondition that {@link checkFeatures} enforces. */
export const requiredFeatures = `The last hidden layer’s activation has a lower limit: ${joined(limitedActivations, 'or')}.`;

/** What features can be that come from this activation; without one they are the inputs. */
export const featuresOf = (activation: Activation | undefined): ValueRange =>
  activationFunctions[activation ?? 'none'].range;

/** One layer that has a lower limit for every input. */
export interface NonNegativeLayer {
  /** Position in the network. */
  readonly index: number;
  /** Lower limit of each unit, [units]. */
  readonly floor: Float32Array;
  /** What its features can be; without it, they are never negative. */
  readonly features?: ValueRange;
  /** Whether weights may be negative, which needs features with an upper limit, and projection. */
  readonly anySign?: boolean;
}

/**
 * The bias of the forward pass, `b = c + S(W)`, of which c is trained and kept at the floor or above. S is how far
 * features in their range can lower the sum: S_k = Σ_j max(-w_jk least, -w_jk most), 0 if neither weights nor features
 * are negative. Training c instead of b lets the loss see that a smaller weight allows a smaller bias; b projected onto
 * its floor would stay there while growing weights lift it.
 */
interface Cover {
  /** The lowest c. */
  least(floor: tfjs.Tensor1D): tfjs.Tensor1D;
  bias(free: tfjs.Tensor1D, kernel: tfjs.Tensor2D): tfjs.Tensor1D;
}

/** With margins for the rounding of S, c and the layer's own sum; undefined where S is 0. */
function coverOf(tf: typeof tfjs, layer: NonNegativeLayer, inputs: number): Cover | undefined {
  const { features = [0, Infinity], anySign = false } = layer;
  const [least, most] = computedRange(features);
  if (least >= 0 && !anySign) return undefined;
  const { share, smallest } = sumMargin(inputs);
  return {
    least: (floor) => tf.add(floor, tf.add(tf.mul(tf.abs(floor), share), smallest)),
    bias: (free, kernel) => {
      const lowered = tf.mul(tf.relu(kernel), -least * (1 + share));
      const raised = (): tfjs.Tensor2D => tf.mul(tf.relu(tf.neg(kernel)), most * (1 + share));
      return tf.add(free, tf.sum(anySign ? tf.add(lowered, raised()) : lowered, 0));
    },
  };
}

/** Weights of reparametrised layers start at least here: nearer to 0 the functions' derivatives vanish. */
const leastStart = 1e-3;
/** Reparametrised biases start at least this far above their floor, for the same reason. */
const leastBiasStart = 0.01;

/** Behaviour of a method that keeps the units of these layers at their floor or above, whatever the input. */
export function nonNegativeLayers(
  context: MethodContext,
  by: NonNegativeBy,
  chosen: readonly NonNegativeLayer[],
): MethodBehaviour {
  const { tf } = context;
  const limits = new Map(
    chosen.map((layer) => {
      const floor = vectorVariable(context, layer.floor);
      const cover = coverOf(tf, layer, context.layers[layer.index]?.kernel.shape[0] ?? 0);
      return [layer.index, { ...layer, floor, cover, least: () => cover?.least(floor) ?? floor }];
    }),
  );
  type Limits = typeof limits extends Map<number, infer Value> ? Value : never;
  const change = (layers: readonly LayerVariables[], apply: (layer: LayerVariables, limits: Limits) => void): void => {
    tf.tidy(() => {
      for (const [index, limit] of limits) {
        if (layers[index] !== undefined) apply(layers[index], limit);
      }
    });
  };
  const behaviour = (free: (layer: LayerVariables, limits: Limits) => LayerTensors): MethodBehaviour => ({
    state: Object.fromEntries([...limits].map(([index, { floor }]) => [`biasFloor${index}`, floor])),
    effective: (layers) =>
      layers.map((layer, index): LayerTensors => {
        const limit = limits.get(index);
        if (limit === undefined) return layer;
        const { kernel, bias } = free(layer, limit);
        return { kernel, bias: limit.cover?.bias(bias, kernel) ?? bias };
      }),
  });

  if (by === 'projection') {
    const project = (layers: readonly LayerVariables[]): void => {
      change(layers, ({ kernel, bias }, { anySign = false, least }) => {
        if (!anySign) kernel.assign(tf.relu(kernel));
        bias.assign(tf.maximum(bias, least()));
      });
    };
    project(context.layers);
    return { ...behaviour((layer) => layer), project };
  }

  const { tensor, inverse } = nonNegativeFunctions[by];
  const inverted = <T extends tfjs.Tensor>(values: T): T =>
    tf.tensor(Float32Array.from(values.dataSync(), inverse), values.shape) as T;
  change(context.layers, ({ kernel, bias }, { least }) => {
    kernel.assign(inverted(tf.maximum(kernel, leastStart)));
    bias.assign(inverted(tf.maximum(tf.sub(bias, least()), leastBiasStart)));
  });
  return behaviour(({ kernel, bias }, { least }) => ({
    kernel: tensor(tf, kernel),
    bias: tf.add(tensor(tf, bias), least()),
  }));
}
