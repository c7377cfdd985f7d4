import type { Activation } from '../contract/configuration.ts';
import type { DataSchema } from '../contract/dataSchema.ts';
import type { Intervals } from '../contract/results.ts';

/** One dense layer's stored numbers: output = activation(input · kernel + bias). */
export interface DenseLayer {
  readonly inputs: number;
  readonly units: number;
  /** Row-major [inputs, units]. */
  readonly kernel: Float32Array;
  /** [units]. */
  readonly bias: Float32Array;
  /** Always `none` for the last layer. */
  readonly activation: Activation;
}

export const outputTransforms = ['relu', 'softplus', 'exp', 'square'] as const;
export type OutputTransformKind = (typeof outputTransforms)[number];

/**
 * prediction = factor * max(transform(linear output), 0) + epsilon, in scaled units; the addition survives float32
 * underflow.
 * `exp` means exp(min(x, exponentLimit)): see transforms.ts.
 */
export interface OutputTransform {
  readonly kind: OutputTransformKind;
  /** One per target, above 0; without it 1. */
  readonly factor?: Float32Array;
  /** One per target, in scaled units. */
  readonly epsilon: Float32Array;
}

/**
 * A trained model as plain data, for evidence, export and prediction. Reparametrised weights are stored as effective
 * weights, so a last layer trained as exp(u) is a plain linear layer.
 */
export interface Model {
  readonly schema: DataSchema;
  /** Hidden layers and the last one. */
  readonly layers: readonly DenseLayer[];
  readonly transform?: OutputTransform;
  /** The bound of each target, in the target's units. */
  readonly epsilon: readonly number[];
  /** Absent if none were asked for, or there were too few validation rows. */
  readonly intervals?: Intervals;
}
