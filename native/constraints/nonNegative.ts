import type * as tfjs from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { SettledConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { Curve } from '../contract/methodDescriptor.ts';
import { hiddenActivations, nonNegativeActivations } from '../network/activations.ts';
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
    description: `How weights are kept from being negative: projection sets negative ones to 0 after each step; square, softplus and exp (of at most ${exponentLimit}) train a free parameter of which the weight is that function.`,
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
 * Refuses networks whose last features can be negative: there non-negative last-layer weights do not bound the output.
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
  if (!nonNegativeActivations.has(last)) {
    throw new OrthantError(
      'configuration',
      `The method "${title}" needs features that are never negative, and the last hidden layer's activation "${last}" can be. Choose ${[...nonNegativeActivations].join(', ')} for it, or choose the output transform.`,
      { field: 'network.activation' },
    );
  }
}

/** One layer whose weights are kept from being negative. */
export interface NonNegativeLayer {
  /** Position in the network. */
  readonly index: number;
  /** Lower bound of each bias, [units]. */
  readonly biasFloor: Float32Array;
  /** Makes the initial kernel, [inputs, units], without negative entries, from the randomly drawn kernel. */
  readonly start: (drawn: tfjs.Tensor2D) => tfjs.Tensor2D;
}

/** Weights of reparametrised layers start at least here: nearer to 0 the functions' derivatives vanish. */
const leastStart = 1e-3;
/** Reparametrised biases start at least this far above their floor, for the same reason. */
const leastBiasStart = 0.01;

/**
 * Behaviour of a method that keeps the kernels of these layers at 0 or above, and their biases at their floor or above.
 */
export function nonNegativeLayers(
  context: MethodContext,
  by: NonNegativeBy,
  chosen: readonly NonNegativeLayer[],
): MethodBehaviour {
  const { tf } = context;
  const floors = new Map(chosen.map(({ index, biasFloor }) => [index, vectorVariable(context, biasFloor)]));
  const state = Object.fromEntries([...floors].map(([index, floor]) => [`biasFloor${index}`, floor]));
  const begin = (apply: (layer: LayerVariables, kernel: tfjs.Tensor2D, floor: tfjs.Tensor1D) => void) => {
    tf.tidy(() => {
      for (const { index, start } of chosen) {
        const layer = context.layers[index];
        const floor = floors.get(index);
        if (layer !== undefined && floor !== undefined) apply(layer, start(layer.kernel), floor);
      }
    });
  };

  if (by === 'projection') {
    begin(({ kernel, bias }, start, floor) => {
      kernel.assign(start);
      bias.assign(tf.maximum(bias, floor));
    });
    return {
      state,
      project: (layers) => {
        tf.tidy(() => {
          for (const [index, floor] of floors) {
            layers[index]?.kernel.assign(tf.relu(layers[index].kernel));
            layers[index]?.bias.assign(tf.maximum(layers[index].bias, floor));
          }
        });
      },
    };
  }

  const { tensor, inverse } = nonNegativeFunctions[by];
  const inverted = <T extends tfjs.Tensor>(values: T): T =>
    tf.tensor(Float32Array.from(values.dataSync(), inverse), values.shape) as T;
  begin(({ kernel, bias }, start, floor) => {
    kernel.assign(inverted(tf.maximum(start, leastStart)));
    bias.assign(inverted(tf.maximum(tf.sub(bias, floor), leastBiasStart)));
  });
  return {
    state,
    effective: (layers) =>
      layers.map((layer, index): LayerTensors => {
        const floor = floors.get(index);
        if (floor === undefined) return layer;
        return { kernel: tensor(tf, layer.kernel), bias: tf.add(tensor(tf, layer.bias), floor) };
      }),
  };
}
