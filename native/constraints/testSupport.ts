import type * as tfjs from '@tensorflow/tfjs-core';
import type { Activation } from '../contract/configuration.ts';
import { forward } from '../network/forward.ts';
import { layerVariables } from '../network/initialise.ts';
import type { DenseLayer } from '../network/model.ts';
import { storeLayers } from '../network/store.ts';
import type { LayerVariables, MethodContext, MethodInstance } from './method.ts';
import { getMethod, parseMethodSettings } from './registry.ts';

/** A small problem for the tests of methods: squared error on a few rows, plain gradient descent. */
export interface SmallProblem {
  readonly tf: typeof tfjs;
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly layers: readonly DenseLayer[];
  readonly epsilon?: readonly number[];
  readonly method: string;
  readonly settings?: Record<string, unknown>;
  /** Whether biases are trained too. */
  readonly biases?: boolean;
  /** What the method is told; as many as make every epoch count, unless it is given. */
  readonly stepsPerEpoch?: number;
}

export interface SmallRun {
  readonly instance: MethodInstance;
  readonly context: MethodContext;
  readonly layers: readonly LayerVariables[];
  /** One step of gradient descent in the order that MethodInstance declares, on these rows or all. */
  step(rate: number, rows?: readonly number[]): void;
  /** Predictions of all rows at the present weights. */
  predictions(): Float32Array;
  endEpoch(): void;
  dispose(): void;
}

/** A linear model without bias: one input a weight. */
export const linearLayer = (weights: readonly number[], units = 1): DenseLayer => ({
  inputs: weights.length / units,
  units,
  kernel: Float32Array.from(weights),
  bias: new Float32Array(units),
  activation: 'none',
});

/** The weights that a method's forward pass uses, as plain data. */
export function storedLayers(
  { tf }: MethodContext,
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

export function smallRun(problem: SmallProblem): SmallRun {
  const { tf, inputs, targets, method, settings = {}, biases = false, stepsPerEpoch = 64 } = problem;
  const outputs = targets[0]?.length ?? 1;
  const layers = layerVariables(tf, problem.layers);
  const activations = problem.layers.slice(0, -1).map(({ activation }) => activation);
  const context: MethodContext = {
    tf,
    trainRows: inputs.length,
    outputs,
    batchSize: inputs.length,
    stepsPerEpoch,
    epsilon: Float32Array.from(problem.epsilon ?? Array.from({ length: outputs }, () => 0)),
    targetScale: new Float32Array(outputs).fill(1),
    layers,
  };
  const instance = getMethod(method).create(parseMethodSettings(method, settings), context);
  const x = tf.tensor2d(inputs.map((row) => [...row]));
  const y = tf.tensor2d(targets.map((row) => [...row]));
  const trained: tfjs.Variable[] = layers.flatMap(({ kernel, bias }) => (biases ? [kernel, bias] : [kernel]));
  const predict = (features: tfjs.Tensor2D) => {
    const linear = forward(tf, features, instance.effective?.(layers) ?? layers, activations);
    return instance.transform?.(linear) ?? linear;
  };
  let epoch = 0;
  return {
    instance,
    context,
    layers,
    step: (rate, rows = inputs.map((_, row) => row)) => {
      tf.tidy(() => {
        const batch = tf.tensor1d([...rows], 'int32');
        const gathered = instance.gather?.(batch) ?? {};
        const features = tf.gather(x, batch);
        const wanted = tf.gather(y, batch);
        const kept: tfjs.Tensor2D[] = [];
        const { grads, value } = tf.variableGrads(() => {
          const prediction = tf.keep(predict(features));
          kept.push(prediction);
          const loss = tf.mean<tfjs.Scalar>(tf.square(tf.sub(prediction, wanted)));
          return instance.term === undefined ? loss : tf.add(loss, instance.term(prediction, gathered));
        }, trained);
        value.dispose();
        for (const variable of trained) {
          const gradient = grads[variable.name];
          if (gradient !== undefined) variable.assign(tf.sub(variable, tf.mul(gradient, rate)));
        }
        instance.project?.(layers);
        for (const prediction of kept) instance.update?.(prediction, batch, gathered);
        tf.dispose(kept);
      });
    },
    predictions: () => tf.tidy(() => Float32Array.from(predict(x).dataSync())),
    endEpoch() {
      instance.endEpoch?.({ epoch: ++epoch, predictions: this.predictions() });
    },
    dispose: () => {
      instance.dispose();
      tf.dispose([x, y, layers.map(({ kernel, bias }) => [kernel, bias])]);
    },
  };
}
