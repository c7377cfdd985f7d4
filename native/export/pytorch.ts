import { z } from 'zod';
import type { ModelInput } from '../contract/dataSchema.ts';
import { encodeSafetensors, type SafeTensor } from '../runs/safetensors.ts';
import type { DenseLayer, Model } from '../network/model.ts';
import { exponentLimit } from '../network/transforms.ts';
import { activationExports } from './operators.ts';
import { commonMetadata, writeEntries, type ExportMetadata } from './metadata.ts';

/** PyTorch modules, each with its class in torch.nn and its keyword arguments. */
export const torchModulesSchema = z.array(
  z.tuple([z.string(), z.record(z.string(), z.union([z.number(), z.string()]))]).readonly(),
);
export type TorchModule = z.infer<typeof torchModulesSchema>[number];

/**
 * Encodes a model as a safetensors file that `torch.nn.Sequential` loads: keys `0.weight`, `0.bias`, `2.weight`, ... by
 * the modules' positions (a layer without activation takes one position, not two), weights [out, in].
 *
 * The network uses scaled numbers; the metadata (JSON text each) define the scaling around it: `orthant.modules` is the
 * list of [class in torch.nn, arguments]; feature = (value - `orthant.inputShift`) / `orthant.inputScale`, one per
 * feature, with categories as the 0/1 features that `orthant.features` lists (an empty category: the value is missing); prediction = network output (after
 * `orthant.transform`, if there is one) * `orthant.targetScale`.
 */
export function encodePytorch(model: Model, metadata: ExportMetadata): Uint8Array {
  const modules: TorchModule[] = [];
  const tensors: Record<string, SafeTensor> = {};
  for (const layer of model.layers) {
    const position = modules.length;
    tensors[`${position}.weight`] = { shape: [layer.units, layer.inputs], data: transpose(layer) };
    tensors[`${position}.bias`] = { shape: [layer.units], data: layer.bias };
    modules.push(['Linear', { in_features: layer.inputs, out_features: layer.units }]);
    const activation = activationExports[layer.activation].torch;
    if (activation !== undefined) modules.push(activation);
  }
  const features = model.schema.inputs.flatMap(describeFeatures);
  const { transform } = model;
  const entries = writeEntries({
    ...commonMetadata(model, metadata),
    modules,
    features: features.map(({ column, category }) => ({ column, ...(category === undefined ? {} : { category }) })),
    inputShift: features.map(({ shift }) => shift),
    inputScale: features.map(({ scale }) => scale),
    targetScale: model.schema.targets.map(({ scale }) => scale),
    ...(transform === undefined
      ? {}
      : {
          transform: {
            kind: transform.kind,
            ...(transform.factor === undefined ? {} : { factor: [...transform.factor] }),
            epsilon: [...transform.epsilon],
            ...(transform.kind === 'exp' ? { exponentLimit } : {}),
          },
        }),
  });
  return encodeSafetensors(tensors, { format: 'pt', ...entries });
}

interface Feature {
  readonly column: string;
  /** The category for which a one-hot feature is 1; absent for other features. */
  readonly category?: string;
  readonly shift: number;
  readonly scale: number;
}

function describeFeatures(input: ModelInput): Feature[] {
  const { column } = input;
  if (input.kind !== 'one-hot') return [{ column, shift: input.shift, scale: input.scale }];
  return input.categories.map((category) => ({ column, category, shift: 0, scale: 1 }));
}

/** Kernel [inputs, units] -> weight [units, inputs]. */
function transpose({ inputs, units, kernel }: DenseLayer): Float32Array {
  const weight = new Float32Array(kernel.length);
  for (let input = 0; input < inputs; input++) {
    for (let unit = 0; unit < units; unit++) weight[unit * inputs + input] = kernel[input * units + unit] ?? 0;
  }
  return weight;
}
