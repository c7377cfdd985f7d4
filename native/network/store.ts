import type { Activation } from '../contract/configuration.ts';
import type { LayerTensors } from './layers.ts';
import type { DenseLayer } from './model.ts';

/**
 * Reads trained weights back from tensors as plain data.
 *
 * @param layers - the weights that the forward pass uses (a method's `effective` weights)
 * @param activations - one per hidden layer
 */
export function storeLayers(layers: readonly LayerTensors[], activations: readonly Activation[]): DenseLayer[] {
  return layers.map(({ kernel, bias }, index) => {
    const [inputs, units] = kernel.shape;
    return {
      inputs,
      units,
      kernel: Float32Array.from(kernel.dataSync()),
      bias: Float32Array.from(bias.dataSync()),
      activation: activations[index] ?? 'none',
    };
  });
}
