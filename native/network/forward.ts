import type * as tfjs from '@tensorflow/tfjs-core';
import type { Activation } from '../contract/configuration.ts';
import { activationFunctions } from './activations.ts';
import type { LayerTensors } from './layers.ts';

/**
 * The forward pass: activation(x · kernel + bias) for each hidden layer, then the plain linear last layer.
 *
 * @param inputs - scaled, [batch, features]
 * @param layers - hidden layers and the last one
 * @param activations - one per hidden layer
 * @returns the linear output, [batch, outputs]
 */
export function forward(
  tf: typeof tfjs,
  inputs: tfjs.Tensor2D,
  layers: readonly LayerTensors[],
  activations: readonly Activation[],
): tfjs.Tensor2D {
  return layers.reduce<tfjs.Tensor2D>((x, { kernel, bias }, index) => {
    const linear = tf.add<tfjs.Tensor2D>(tf.matMul(x, kernel), bias);
    return activationFunctions[activations[index] ?? 'none'].tensor(tf, linear);
  }, inputs);
}
