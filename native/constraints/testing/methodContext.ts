import type * as tfjs from '@tensorflow/tfjs-core';
import type { Activation } from '../../contract/configuration.ts';
import type { DenseLayer } from '../../network/model.ts';
import { storeLayers } from '../../network/store.ts';
import type { LayerVariables, MethodContext, MethodInstance } from '../method.ts';

/**
 * A method's context for tests: one output above 0, targets of deviation 1, epochs long enough to be judged each time,
 * relu features.
 */
export function contextFor(tf: typeof tfjs, given: Partial<Omit<MethodContext, 'tf'>> = {}): MethodContext {
  const outputs = given.outputs ?? 1;
  return {
    tf,
    trainRows: 1,
    outputs,
    stepsPerEpoch: 64,
    epsilon: new Float32Array(outputs),
    targetDeviation: new Float32Array(outputs).fill(1),
    activations: (given.layers ?? []).slice(1).map(() => 'relu'),
    layers: [],
    ...given,
  };
}

/** The weights that a method's forward pass uses, as plain data. */
export function storedLayers(
  tf: typeof tfjs,
  instance: MethodInstance,
  layers: readonly LayerVariables[],
  activations: readonly Activation[],
): DenseLayer[] {
  let stored: DenseLayer[] = [];
  tf.tidy(() => {
    stored = storeLayers(instance.effective?.(layers) ?? layers, activations);
  });
  return stored;
}
