import type * as tfjs from '@tensorflow/tfjs-core';
import type { RunRecord } from '../contract/runRecord.ts';
import type { DataSet } from '../data/dataset.ts';
import { forward } from '../network/forward.ts';
import type { Model } from '../network/model.ts';
import { nonNegativeFunctions } from '../network/transforms.ts';
import type { Checkpoint } from '../runs/checkpoints.ts';
import { factsOf, settle } from '../training/automatic.ts';
import { restoreCheckpoint } from '../training/checkpoint.ts';
import { yieldToEvents } from '../training/control.ts';
import { chunkRowsFor, predictInChunks } from '../training/evaluate.ts';
import { eagerExecution } from '../training/execution.ts';
import { buildParts } from '../training/buildParts.ts';
import { presentFactor } from '../training/trainedTargets.ts';
import { parsePosition } from '../training/position.ts';

type Library = typeof tfjs;

/**
 * The model of a checkpoint: its best snapshot, or its current weights if no epoch was completed.
 *
 * @throws OrthantError `run` if the checkpoint does not fit the run's configuration
 */
export async function restoreModel(
  tf: Library,
  { configuration: recorded }: RunRecord,
  dataset: DataSet,
  checkpoint: Checkpoint,
): Promise<Model> {
  // The record of a run with a checkpoint is settled.
  const { configuration } = settle(recorded, factsOf(dataset));
  const position = parsePosition(checkpoint);
  // Only the variables are needed, so as little data as possible is given to the engine.
  const parts = buildParts(tf, configuration, dataset, 0);
  try {
    const context = { configuration, dataset, parts, position, execution: eagerExecution(parts) };
    const best = restoreCheckpoint(context, checkpoint);
    if (best !== undefined) return parts.model(best);
    const factor = await presentFactor(context, yieldToEvents);
    return parts.model({ layers: parts.storedLayers(), ...(factor === undefined ? {} : { factor }) });
  } finally {
    parts.dispose();
  }
}

/**
 * Predicts with a stored model in the training library, as the evaluation during training does.
 *
 * @param inputs - scaled inputs, row-major [rows, features]
 * @param signal - aborting it ends the work between two chunks of rows
 * @returns predictions in the targets' units, row-major [rows, targets]
 */
export async function predictStored(
  tf: Library,
  model: Model,
  inputs: Float32Array,
  signal?: AbortSignal,
): Promise<Float32Array> {
  signal?.throwIfAborted();
  const { layers, transform, schema } = model;
  const features = layers[0]?.inputs ?? 0;
  const outputs = schema.targets.length;
  const weights = layers.map(({ kernel, bias, inputs: from, units }) => ({
    kernel: tf.tensor2d(kernel, [from, units]),
    bias: tf.tensor1d(bias),
  }));
  const activations = layers.slice(0, -1).map(({ activation }) => activation);
  const predict = (chunk: tfjs.Tensor2D): tfjs.Tensor2D => {
    const linear = forward(tf, chunk, weights, activations);
    if (transform === undefined) return linear;
    const positive = tf.relu(nonNegativeFunctions[transform.kind].tensor(tf, linear));
    const { factor, epsilon } = transform;
    const multiplied = factor === undefined ? positive : tf.mul<tfjs.Tensor2D>(positive, tf.tensor1d(factor));
    return tf.add<tfjs.Tensor2D>(multiplied, tf.tensor1d(epsilon));
  };
  const pause = async (): Promise<void> => {
    await yieldToEvents();
    signal?.throwIfAborted();
  };
  const chunkRows = chunkRowsFor(
    layers.reduce((sum, layer) => sum + layer.kernel.length, 0),
    features,
  );
  try {
    // The engine holds only one chunk of rows at a time.
    const rows = { values: inputs, width: features };
    const scaled = await predictInChunks(tf, rows, outputs, chunkRows, predict, pause);
    const scales = schema.targets.map(({ scale }) => Math.fround(scale));
    return scaled.map((value, i) => value * (scales[i % outputs] ?? 1));
  } finally {
    tf.dispose(weights.map(({ kernel, bias }) => [kernel, bias]));
  }
}
