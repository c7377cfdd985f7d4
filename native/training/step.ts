import type * as tfjs from '@tensorflow/tfjs-core';
import type { Activation } from '../contract/configuration.ts';
import type { MethodInstance } from '../constraints/method.ts';
import { forward } from '../network/forward.ts';
import type { LayerVariables } from '../network/layers.ts';
import { lossTensor, type LossFunction } from './losses.ts';
import type { Optimizer, Parameter } from './optimizers.ts';

export interface StepParts {
  readonly tf: typeof tfjs;
  readonly layers: readonly LayerVariables[];
  /** One for each hidden layer. */
  readonly activations: readonly Activation[];
  readonly loss: LossFunction;
  readonly method: MethodInstance;
  readonly optimizer: Optimizer;
  /** The layers' variables in the optimizer's order. */
  readonly parameters: readonly Parameter[];
}

/** The rows of one step. */
export interface Batch {
  /** Row numbers in the training split: int32 [batch]. */
  readonly rows: tfjs.Tensor1D;
  /** Scaled, [batch, features]. */
  readonly inputs: tfjs.Tensor2D;
  /** Scaled, [batch, outputs]. */
  readonly targets: tfjs.Tensor2D;
}

/** Linear output through the method's weights and transform: [batch, features] -> [batch, outputs], scaled. */
export function predictWith(
  { tf, layers, activations, method }: Pick<StepParts, 'tf' | 'layers' | 'activations' | 'method'>,
  inputs: tfjs.Tensor2D,
): tfjs.Tensor2D {
  const linear = forward(tf, inputs, method.effective?.(layers) ?? layers, activations);
  return method.transform?.(linear) ?? linear;
}

/**
 * One training step, in the order that {@link MethodInstance} declares. It consists of tfjs operations on
 * tensors only and can be traced: two steps differ in the batch, `learningRate` and the Variables.
 *
 * @returns loss plus the method's term, which the optimizer minimises; the caller disposes it
 */
export function trainingStep(
  parts: StepParts,
  { rows, inputs, targets }: Batch,
  learningRate: tfjs.Scalar,
): tfjs.Scalar {
  const { tf, method, optimizer, parameters } = parts;
  return tf.tidy(() => {
    const gathered = method.gather?.(rows) ?? {};
    const kept: tfjs.Tensor2D[] = [];
    const { value, grads } = tf.variableGrads(
      () => {
        const prediction = tf.keep(predictWith(parts, inputs));
        kept.push(prediction);
        const loss = lossTensor(tf, parts.loss, prediction, targets);
        return method.term === undefined ? loss : tf.add(loss, method.term(prediction, gathered));
      },
      parameters.map(({ variable }) => variable),
    );
    optimizer.apply(
      parameters.map(({ variable }) => gradientOf(grads, variable)),
      learningRate,
    );
    method.project?.(parts.layers);
    for (const prediction of kept) method.update?.(prediction, rows, gathered);
    tf.dispose(kept);
    return value;
  });
}

function gradientOf(gradients: tfjs.NamedTensorMap, variable: tfjs.Variable): tfjs.Tensor {
  const gradient = gradients[variable.name];
  if (gradient === undefined) throw new Error(`no gradient reaches ${variable.name}`);
  return gradient;
}
