import type * as tfjs from '@tensorflow/tfjs-core';
import type { SettledConfiguration } from '../contract/configuration.ts';
import { countFeatures } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import type { Warning } from '../contract/inspection.ts';
import type { ConstraintMethod, MethodInstance, TargetFunction } from '../constraints/method.ts';
import { getMethod, parseMethodSettings } from '../constraints/registry.ts';
import type { DataSet } from '../data/dataset.ts';
import { columnDeviations } from '../data/scaling.ts';
import { boundsOf } from '../data/targets.ts';
import { hiddenActivations } from '../network/activations.ts';
import { scaledBound } from '../network/bound.ts';
import { drawLayers, layerVariables } from '../network/initialise.ts';
import type { LayerVariables } from '../network/layers.ts';
import type { DenseLayer, Model } from '../network/model.ts';
import { storeLayers } from '../network/store.ts';
import { planBatches, type BatchPlan } from './batches.ts';
import { checkConfiguration } from './checkConfiguration.ts';
import { chunkRowsFor, type TargetBound } from './evaluate.ts';
import { chunkRowsWithin, chunkWarning } from './dataMemory.ts';
import { checkLossTargets, lossOf } from './losses.ts';
import { createOptimizer, type Parameter } from './optimizers.ts';
import { startData } from './startData.ts';
import type { StepParts } from './step.ts';
import { modelOf, trainedDataSet, type StoredWeights } from './trainedTargets.ts';
import { createTrainingRows, type TrainingRows } from './trainingRows.ts';

/** All parts of one run on the engine, built from its configuration and data. */
export interface TrainingParts extends StepParts {
  readonly definition: ConstraintMethod;
  /** The function of the targets on which the network is trained, if not on the targets themselves. */
  readonly targetFunction: TargetFunction | undefined;
  readonly targetBounds: readonly TargetBound[];
  readonly plan: BatchPlan;
  readonly warnings: readonly Warning[];
  /** Weights and the optimizer's state by name: all finite unless training diverges. */
  readonly weights: Readonly<Record<string, tfjs.Variable>>;
  /** `weights` and the method's state: all that a step reads and writes. */
  readonly state: Readonly<Record<string, tfjs.Variable>>;
  readonly rows: TrainingRows;
  /** Rows of one chunk of an evaluation. */
  readonly evaluationRows: number;
  /** The current weights as numbers; for reparametrised weights, the effective values. */
  storedLayers(): DenseLayer[];
  model(weights: StoredWeights): Model;
  dispose(): void;
}

/**
 * Builds a run.
 *
 * @param dataMemory - bytes of data that the engine may hold; a larger data set is fed in chunks
 * @throws OrthantError `configuration` if method, loss, network and data do not fit each other
 */
export function buildParts(
  tf: typeof tfjs,
  configuration: SettledConfiguration,
  dataset: DataSet,
  dataMemory = Infinity,
): TrainingParts {
  const { training, network, constraint } = configuration;
  const { schema, splits } = dataset;
  const features = countFeatures(schema.inputs);
  const outputs = schema.targets.length;
  if (splits.train.rows === 0) {
    throw new OrthantError('data', 'There are no training rows.', { field: 'data.split' });
  }
  const epsilon = boundsOf(schema, constraint.epsilon);
  const warnings: Warning[] = checkConfiguration(configuration);
  checkLossTargets(
    training.loss,
    splits.train.targets,
    schema.targets.map(({ name }) => name),
  );

  const plan = planBatches(splits.train.rows, training.batchSize, training.seed);
  const chunkRows = chunkRowsWithin(dataMemory, dataset, plan.batchSize);
  if (chunkRows !== undefined) warnings.push({ message: chunkWarning(dataMemory, chunkRows) });
  const activations = hiddenActivations(network);
  const definition = getMethod(constraint.method.id);
  const methodSettings = parseMethodSettings(definition.id, constraint.method.settings);
  const bounds = Float32Array.from(schema.targets, ({ scale }, i) => scaledBound(epsilon[i] ?? 0, Math.fround(scale)));
  const targetFunction = definition.targetFunction?.(methodSettings, bounds);
  const trained = trainedDataSet(dataset, targetFunction, epsilon);
  const drawn = drawLayers({ network, inputs: features, outputs, seed: training.seed });
  const layers = layerVariables(tf, definition.start(methodSettings, drawn, startData(trained), bounds));
  const method = definition.create(methodSettings, {
    tf,
    trainRows: splits.train.rows,
    outputs,
    stepsPerEpoch: plan.stepsPerEpoch,
    epsilon: bounds,
    targetDeviation: Float32Array.from(columnDeviations(splits.train.targets, outputs)),
    activations,
    layers,
  });
  const parameters = parametersOf(tf, layers, method);
  const { optimizer: settings, gradientClip, weightDecay } = training;
  const optimizer = createOptimizer(tf, { settings, parameters, gradientClip, weightDecay });
  const weights = {
    ...Object.fromEntries(parameters.map(({ name, variable }) => [name, variable])),
    ...prefixed('optimizer', optimizer.state),
  };
  const rows = createTrainingRows(tf, trained, features, chunkRows);

  return {
    tf,
    rows,
    layers,
    activations,
    loss: lossOf(training),
    method,
    optimizer,
    parameters,
    definition,
    targetFunction,
    targetBounds: schema.targets.map(({ name, scale }, i) => ({ name, scale, epsilon: epsilon[i] ?? 0 })),
    plan,
    warnings,
    weights,
    state: { ...weights, ...prefixed('method', method.state) },
    evaluationRows: chunkRowsFor(
      parameters.reduce((sum, { variable }) => sum + variable.size, 0),
      features,
    ),
    storedLayers: () => {
      let stored: DenseLayer[] = [];
      tf.tidy(() => {
        stored = storeLayers(method.effective?.(layers) ?? layers, activations);
      });
      return stored;
    },
    model: (weights) => modelOf({ schema, epsilon }, method, weights),
    dispose: () => {
      method.dispose();
      optimizer.dispose();
      rows.dispose();
      tf.dispose(layers.map(({ kernel, bias }) => [kernel, bias]));
    },
  };
}

/**
 * Weights decay; biases do not, and neither does a kernel of free parameters from which the weights are computed:
 * moving u towards 0 would move exp(u) towards 1.
 */
function parametersOf(tf: typeof tfjs, layers: readonly LayerVariables[], method: MethodInstance): Parameter[] {
  return tf.tidy(() => {
    const effective = method.effective?.(layers) ?? layers;
    return layers.flatMap(({ kernel, bias }, i) => [
      { name: `layer${i}.kernel`, variable: kernel, decays: effective[i]?.kernel === kernel },
      { name: `layer${i}.bias`, variable: bias, decays: false },
    ]);
  });
}

const prefixed = <Value>(prefix: string, values: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
