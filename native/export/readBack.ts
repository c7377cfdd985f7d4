import { z } from 'zod';
import { activationSchema } from '../contract/configuration.ts';
import { featureCount } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import type { ExportReport } from '../contract/results.ts';
import { encodeRows, type RawColumns } from '../data/encode.ts';
import { decodeSafetensors } from '../runs/safetensors.ts';
import { outputTransforms, type DenseLayer, type Model } from '../network/model.ts';
import { predict } from '../network/predict.ts';
import { readEntries } from './metadata.ts';
import { compare, requireRows, type ExportCheck } from './verify.ts';
import { activationExports } from './operators.ts';
import { torchModulesSchema, type TorchModule } from './pytorch.ts';

/** Metadata of a safetensors file that prediction needs in addition to the weights. */
const entriesSchema = z.object({
  modules: torchModulesSchema,
  inputShift: z.array(z.number()),
  inputScale: z.array(z.number()),
  targetScale: z.array(z.number()),
  transform: z
    .object({ kind: z.enum(outputTransforms), factor: z.array(z.number()).optional(), epsilon: z.array(z.number()) })
    .optional(),
});

/** Limit of multiplications for a check in plain loops: about two seconds. */
const mostProducts = 2e9;

/** Number of rows that plain loops can predict in reasonable time. */
export function checkableRows({ layers }: Pick<Model, 'layers'>, rows: number): number {
  const weights = layers.reduce((sum, { kernel }) => sum + kernel.length, 0);
  return Math.min(rows, Math.max(1, Math.floor(mostProducts / Math.max(1, weights))));
}

/**
 * Predicts with a safetensors file as its user would: weights, activations, scaling and transform are from the file;
 * only the encoding of categories is from the schema.
 *
 * @param bytes - the whole file
 * @returns predictions in the targets' units, row-major [rows, targets]
 * @throws OrthantError `file` if the bytes are not a safetensors file of Orthant
 */
export function predictSafetensors(
  bytes: Uint8Array,
  schema: Model['schema'],
  columns: RawColumns,
  rows: number,
): Float64Array {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const entries = entriesSchema.safeParse(readEntries(Object.entries(metadata)));
  if (!entries.success) throw unreadable('its metadata do not describe the network and its scaling', entries.error);
  const { modules, inputShift, inputScale, targetScale, transform } = entries.data;
  const network = {
    layers: readLayers(modules, tensors),
    ...(transform === undefined
      ? {}
      : {
          transform: {
            kind: transform.kind,
            ...(transform.factor === undefined ? {} : { factor: Float32Array.from(transform.factor) }),
            epsilon: Float32Array.from(transform.epsilon),
          },
        }),
  };
  const features = encodeAs(schema, inputShift, inputScale, columns, rows);
  return predict(network, features).map((value, index) => value * (targetScale[index % targetScale.length] ?? NaN));
}

/**
 * Reads a safetensors file back, predicts with it in float64 and compares the predictions with those of the training
 * engine; only on the first rows if the network is so large that all rows would take long.
 *
 * @param bytes - the whole file
 * @throws OrthantError `export` if they differ by more than {@link compare} accepts, or the file cannot be read
 */
export function verifySafetensors(
  bytes: Uint8Array,
  model: Pick<Model, 'schema' | 'layers'>,
  check: ExportCheck,
): ExportReport {
  requireRows(model, check);
  const rows = checkableRows(model, check.rows);
  const first = { ...check, rows };
  let exported;
  try {
    exported = predictSafetensors(bytes, model.schema, check.columns, rows);
  } catch (error) {
    throw new OrthantError(
      'export',
      `The exported safetensors file cannot be used, so no file was written: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return { verifiedBy: 'safetensors', ...compare(exported, model, first, 'the safetensors file gives') };
}

/** The network's inputs, scaled by the numbers of the file (one per feature) instead of the schema's. */
function encodeAs(
  schema: Model['schema'],
  shift: readonly number[],
  scale: readonly number[],
  columns: RawColumns,
  rows: number,
): Float32Array {
  let feature = 0;
  // One-hot features are scaled after their encoding; in a correct file their scale is 1.
  const [after, by] = [shift.map(() => 0), shift.map(() => 1)];
  const inputs = schema.inputs.map((input) => {
    const at = feature;
    feature += featureCount(input);
    if (input.kind !== 'one-hot') return { ...input, shift: shift[at] ?? NaN, scale: scale[at] ?? NaN };
    for (let of = at; of < feature; of++) [after[of], by[of]] = [shift[of] ?? NaN, scale[of] ?? NaN];
    return input;
  });
  return encodeRows({ ...schema, inputs }, columns, rows).map(
    (value, index) => (value - (after[index % feature] ?? NaN)) / (by[index % feature] ?? NaN),
  );
}

function readLayers(
  modules: readonly TorchModule[],
  tensors: ReturnType<typeof decodeSafetensors>['tensors'],
): DenseLayer[] {
  return modules.flatMap(([name], position) => {
    if (name !== 'Linear') return [];
    const weight = tensors[`${position}.weight`];
    const bias = tensors[`${position}.bias`];
    if (!(weight?.data instanceof Float32Array) || !(bias?.data instanceof Float32Array)) {
      throw unreadable(`it lacks the weights of module ${position}`);
    }
    const [units = 0, inputs = 0] = weight.shape;
    const kernel = new Float32Array(weight.data.length);
    for (let unit = 0; unit < units; unit++) {
      for (let input = 0; input < inputs; input++) {
        kernel[input * units + unit] = weight.data[unit * inputs + input] ?? NaN;
      }
    }
    return [{ inputs, units, kernel, bias: bias.data, activation: activationOf(modules[position + 1]) }];
  });
}

function activationOf(module: TorchModule | undefined): DenseLayer['activation'] {
  if (module === undefined || module[0] === 'Linear') return 'none';
  const text = JSON.stringify(module);
  const found = activationSchema.options.find(
    (activation) => JSON.stringify(activationExports[activation].torch) === text,
  );
  if (found === undefined) throw unreadable(`Orthant does not write its module ${module[0]}`);
  return found;
}

const unreadable = (reason: string, cause?: unknown): OrthantError =>
  new OrthantError('file', `The safetensors file cannot be read back: ${reason}.`, { cause });
