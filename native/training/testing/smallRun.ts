import type * as tfjs from '@tensorflow/tfjs-core';
import type { MethodInstance } from '../../constraints/method.ts';
import { getMethod, parseMethodSettings } from '../../constraints/registry.ts';
import { contextFor } from '../../constraints/testing/methodContext.ts';
import { layerVariables } from '../../network/initialise.ts';
import type { LayerVariables } from '../../network/layers.ts';
import type { DenseLayer } from '../../network/model.ts';
import { lossOf } from '../losses.ts';
import { createOptimizer, type Parameter } from '../optimizers.ts';
import { predictWith, trainingStep, type StepParts } from '../step.ts';

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
}

export interface SmallRun {
  readonly instance: MethodInstance;
  readonly layers: readonly LayerVariables[];
  /** One training step on these rows, by default on all. */
  step(rate: number, rows?: readonly number[]): void;
  /** Predictions of all rows with the current weights. */
  predictions(): Float32Array;
  endEpoch(): void;
  dispose(): void;
}

/** A linear model without bias: one input for each weight. */
export const linearLayer = (weights: readonly number[], units = 1): DenseLayer => ({
  inputs: weights.length / units,
  units,
  kernel: Float32Array.from(weights),
  bias: new Float32Array(units),
  activation: 'none',
});

export function smallRun(problem: SmallProblem): SmallRun {
  const { tf, inputs, targets, settings = {}, biases = false } = problem;
  const outputs = targets[0]?.length ?? 1;
  const layers = layerVariables(tf, problem.layers);
  const activations = problem.layers.slice(0, -1).map(({ activation }) => activation);
  const instance = getMethod(problem.method).create(
    parseMethodSettings(problem.method, settings),
    contextFor(tf, {
      trainRows: inputs.length,
      outputs,
      layers,
      activations,
      ...(problem.epsilon === undefined ? {} : { epsilon: Float32Array.from(problem.epsilon) }),
    }),
  );
  const parameters = layers
    .flatMap(({ kernel, bias }): tfjs.Variable[] => (biases ? [kernel, bias] : [kernel]))
    .map((variable): Parameter => ({ name: variable.name, variable, decays: false }));
  const parts: StepParts = {
    tf,
    layers,
    activations,
    loss: lossOf({ loss: 'squared-error', tweediePower: 1.5 }),
    method: instance,
    optimizer: createOptimizer(tf, {
      settings: { id: 'sgd', learningRate: 1 },
      parameters,
      gradientClip: 0,
      weightDecay: 0,
    }),
    parameters,
  };
  const x = tf.tensor2d(inputs.map((row) => [...row]));
  const y = tf.tensor2d(targets.map((row) => [...row]));
  const predictions = (): Float32Array => tf.tidy(() => Float32Array.from(predictWith(parts, x).dataSync()));
  let epoch = 0;
  return {
    instance,
    layers,
    step: (rate, numbers = inputs.map((_, row) => row)) => {
      tf.tidy(() => {
        const rows = tf.tensor1d([...numbers], 'int32');
        trainingStep(parts, { rows, inputs: tf.gather(x, rows), targets: tf.gather(y, rows) }, tf.scalar(rate));
      });
    },
    predictions,
    endEpoch: () => {
      instance.endEpoch?.({ epoch: ++epoch, predictions: predictions() });
    },
    dispose: () => {
      instance.dispose();
      parts.optimizer.dispose();
      tf.dispose([x, y, layers.map(({ kernel, bias }) => [kernel, bias])]);
    },
  };
}
