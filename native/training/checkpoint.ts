import type * as tfjs from '@tensorflow/tfjs-core';
import { OrthantError } from '../contract/errors.ts';
import type { SafeTensor } from '../runs/safetensors.ts';
import type { DenseLayer } from '../network/model.ts';
import type { Checkpoint } from '../runs/checkpoints.ts';
import { diverged } from './divergence.ts';
import type { RunContext, Snapshot } from './runContext.ts';

/**
 * A checkpoint holds the data to resume a run bit for bit: all Variables and the best snapshot's weights as float32
 * tensors, everything else as the JSON state below. The run folder writes and reads it (runs/checkpoints.ts).
 */

/**
 * Copies Variables, by name, to new arrays.
 *
 * @throws OrthantError `internal` for a Variable that is not float32
 */
function readVariables(variables: Readonly<Record<string, tfjs.Variable>>): Record<string, FloatTensor> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => {
      if (variable.dtype !== 'float32') {
        throw new OrthantError('internal', `State "${name}" is ${variable.dtype}; checkpoints hold float32 only.`);
      }
      return [name, { shape: [...variable.shape], data: new Float32Array(variable.dataSync()) }];
    }),
  );
}

/**
 * Restores Variables from stored numbers.
 *
 * @throws OrthantError `run` if a tensor is missing or has another shape: the checkpoint is of another network
 */
function restoreVariables(
  tf: typeof tfjs,
  variables: Readonly<Record<string, tfjs.Variable>>,
  tensors: Checkpoint['tensors'],
): void {
  for (const [name, variable] of Object.entries(variables)) {
    const stored = tensors[name];
    if (stored?.shape.join() !== variable.shape.join()) {
      throw new OrthantError(
        'run',
        `The checkpoint does not fit this configuration: "${name}" should be [${variable.shape.join(', ')}] but is ${stored === undefined ? 'missing' : `[${stored.shape.join(', ')}]`}.`,
      );
    }
    tf.tidy(() => {
      variable.assign(tf.tensor(new Float32Array(stored.data), [...stored.shape], 'float32'));
    });
  }
}

/** A tensor of a checkpoint. */
interface FloatTensor extends SafeTensor {
  readonly data: Float32Array;
}

const prefix = 'best';
const factorName = `${prefix}.factor`;

/** The best snapshot's layers as tensors of a checkpoint. */
function bestToTensors(layers: readonly DenseLayer[]): Record<string, FloatTensor> {
  return Object.fromEntries(
    layers.flatMap(({ inputs, units, kernel, bias }, i) => [
      [`${prefix}.layer${i}.kernel`, { shape: [inputs, units], data: kernel }],
      [`${prefix}.layer${i}.bias`, { shape: [units], data: bias }],
    ]),
  );
}

/** The reverse of {@link bestToTensors}; `like` has the layers' sizes and activations. */
function bestFromTensors(like: readonly DenseLayer[], tensors: Checkpoint['tensors']): DenseLayer[] {
  return like.map((layer, i) => {
    const kernel = tensors[`${prefix}.layer${i}.kernel`]?.data;
    const bias = tensors[`${prefix}.layer${i}.bias`]?.data;
    if (kernel?.length !== layer.kernel.length || bias?.length !== layer.bias.length) {
      throw new OrthantError('run', 'The checkpoint has no complete best snapshot.');
    }
    return { ...layer, kernel: new Float32Array(kernel), bias: new Float32Array(bias) };
  });
}

/**
 * Captures the run between two steps.
 *
 * @throws OrthantError `diverged` if weights or the optimizer's state are not finite, since such a state is useless
 */
export function captureCheckpoint(context: RunContext, best: Snapshot | undefined): Checkpoint {
  const { execution, parts, position } = context;
  execution.pull();
  const tensors = readVariables(parts.state);
  for (const name of Object.keys(parts.weights)) {
    if (!allFinite(tensors[name]?.data ?? [])) {
      throw diverged(context, `"${name}" is not finite`, position.step);
    }
  }
  const state = structuredClone(position);
  if (best !== undefined) {
    const { epoch, violation, loss, metrics, layers, factor } = best;
    state.best = { epoch, violation, loss, metrics };
    Object.assign(tensors, bestToTensors(layers));
    if (factor !== undefined) tensors[factorName] = { shape: [factor.length], data: factor };
  }
  return { epoch: position.epoch, step: position.step, state, tensors };
}

/** A loop by index: `every` and an iterator take three times as long, and there are millions of numbers. */
function allFinite(values: ArrayLike<number>): boolean {
  for (let i = values.length - 1; i >= 0; i--) if (!Number.isFinite(values[i])) return false;
  return true;
}

/**
 * Restores the Variables; `context.position` is the checkpoint's.
 *
 * @returns the best snapshot so far
 * @throws OrthantError `run` if the checkpoint is of another configuration
 */
export function restoreCheckpoint(context: RunContext, { tensors }: Checkpoint): Snapshot | undefined {
  const { configuration, execution, parts, position } = context;
  if (position.seed !== configuration.training.seed || position.stepInEpoch > parts.plan.stepsPerEpoch) {
    throw new OrthantError('run', 'The checkpoint is of another run: its seed or number of steps differs.');
  }
  // Changed settings first: the Variables then restore coefficients that have grown since.
  for (const { methodSettings } of position.changes) {
    if (methodSettings !== undefined) parts.method.change?.(methodSettings);
  }
  restoreVariables(parts.tf, parts.state, tensors);
  execution.push();
  const factor = tensors[factorName]?.data;
  return (
    position.best && {
      ...position.best,
      layers: bestFromTensors(parts.storedLayers(), tensors),
      ...(factor === undefined ? {} : { factor: new Float32Array(factor) }),
    }
  );
}
