import { firstOnes } from '../base/lists.ts';
import { figure } from '../base/figures.ts';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { LayerVariables, MethodInstance, TargetFunction } from '../constraints/method.ts';
import { OrthantError } from '../contract/errors.ts';
import type { DataSet } from '../data/dataset.ts';
import type { DenseLayer, Model, OutputTransform } from '../network/model.ts';
import { applyTransform } from '../network/predict.ts';
import type { RunContext } from './runContext.ts';

/**
 * The data set with the numbers on which the network is trained as its training targets: a function of them, if the
 * method has one.
 *
 * @param epsilon - the bound of each target, in its units
 * @throws OrthantError `configuration` with the rows for which the function is not defined
 */
export function trainedDataSet(
  dataset: DataSet,
  targetFunction: TargetFunction | undefined,
  epsilon: readonly number[],
): DataSet {
  if (targetFunction === undefined) return dataset;
  const { train } = dataset.splits;
  const targets = targetFunction.of(train.targets);
  dataset.schema.targets.forEach(({ name, scale }, output) => {
    const bad: string[] = [];
    for (let row = 0; row < train.rows; row++) {
      const at = row * dataset.schema.targets.length + output;
      if (Number.isFinite(targets[at])) continue;
      bad.push(`data row ${(train.rowNumbers[row] ?? 0) + 1} (${figure((train.targets[at] ?? 0) * scale, 6)})`);
    }
    if (bad.length === 0) return;
    throw new OrthantError(
      'configuration',
      `The target "${name}" is at its bound ${epsilon[output] ?? 0} in ${bad.length} of ${train.rows} training rows, where the ${targetFunction.name} of its distance from the bound does not exist: ` +
        `${firstOnes(bad)}. Train on the target itself (--set target=as-is; for many zeros with --loss tweedie --epsilon 0.001), or lower the bound.`,
      { field: 'constraint.method.settings.target' },
    );
  });
  return { ...dataset, splits: { ...dataset.splits, train: { ...train, targets } } };
}

/** The weights of a snapshot. */
export interface StoredWeights {
  readonly layers: readonly DenseLayer[];
  /** Factor of the output transform, for a network that is trained on a function of the targets. */
  readonly factor?: Float32Array;
}

/** A snapshot as a model. */
export const modelOf = (
  parts: Pick<Model, 'schema' | 'epsilon'>,
  { outputTransform }: Pick<MethodInstance, 'outputTransform'>,
  { layers, factor }: StoredWeights,
): Model => ({
  ...parts,
  layers,
  ...(outputTransform === undefined
    ? {}
    : { transform: { ...outputTransform, ...(factor === undefined ? {} : { factor }) } }),
});

/** The factor of the output transform at the current weights; undefined for a method that trains on targets themselves. */
export const presentFactor = async (
  { dataset, execution, parts: { targetFunction } }: RunContext,
  yieldToEvents: () => Promise<void>,
): Promise<Float32Array | undefined> =>
  targetFunction?.factor(await execution.predictSplit('train', yieldToEvents), dataset.splits.train.targets);

/**
 * Scaled predictions, row-major [rows, outputs].
 *
 * @param computed - outputs of the forward pass: with a factor linear outputs, otherwise predictions
 */
export const predictionsOf = (
  transform: OutputTransform | undefined,
  factor: Float32Array | undefined,
  computed: Float32Array,
): Float32Array =>
  transform === undefined || factor === undefined
    ? computed
    : Float32Array.from(applyTransform({ ...transform, factor }, computed));
