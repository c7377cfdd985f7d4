import type { NetworkSettings, Activation } from '../../native/contract/configuration.ts';
import { limits } from '../../native/contract/limits.ts';
import { formatCount } from './format.ts';

/** A network's layers as text, sizes and parameter counts. */

type ParsedLayers = { readonly hidden: number[] } | { readonly problem: string };

/**
 * Reads hidden layer sizes from text such as `784,784`, `64 x 64` or `128 - 32`. Empty text is a network without hidden
 * layers.
 */
export function parseLayers(text: string): ParsedLayers {
  const parts = text.trim() === '' ? [] : text.trim().split(/\s*[,;x×\-–—→>\s]\s*/u);
  if (parts.length > limits.layers) return { problem: `At most ${limits.layers} hidden layers.` };
  const hidden: number[] = [];
  for (const part of parts) {
    if (!/^\d+$/.test(part)) {
      return {
        problem:
          part === '' ? 'A size is missing between two separators.' : `“${part}” is not a whole number of units.`,
      };
    }
    const units = Number(part);
    if (units < 1 || units > limits.units)
      return { problem: `A layer has 1 to ${formatCount(limits.units)} units, not ${part}.` };
    hidden.push(units);
  }
  return { hidden };
}

type Hidden = NetworkSettings['hidden'];

/** Reads what {@link layersText} writes: sizes, or `auto` for layers that are chosen for the table. */
export const parseHidden = (text: string): { readonly hidden: Hidden } | { readonly problem: string } =>
  text.trim().toLowerCase() === 'auto' ? { hidden: 'auto' } : parseLayers(text);

export const layersText = (hidden: Hidden): string => String(hidden);

/** A network in short: "9-64-64-1", "9-auto-1". A number of 0 is not known yet. */
export const sizesText = (inputs: number, hidden: Hidden, outputs: number): string =>
  [inputs || '?', ...[hidden].flat(), outputs || '?'].join('-');

/** Activation of each hidden layer. */
export const activationsOf = (network: NetworkSettings & { hidden: number[] }): Activation[] =>
  network.hidden.map((_, layer) =>
    typeof network.activation === 'string' ? network.activation : (network.activation[layer] ?? 'relu'),
  );

export interface LayerShape {
  readonly inputs: number;
  readonly units: number;
  /** Weights and biases. */
  readonly parameters: number;
}

/** Shapes of the hidden layers and the last layer. */
export function layerShapes(inputs: number, hidden: readonly number[], outputs: number): LayerShape[] {
  let before = inputs;
  return [...hidden, outputs].map((units) => {
    const shape = { inputs: before, units, parameters: (before + 1) * units };
    before = units;
    return shape;
  });
}

interface NetworkPreset {
  readonly title: string;
  readonly hint: string;
  readonly hidden: Hidden;
}

export const networkPresets: readonly NetworkPreset[] = [
  { title: 'Automatic', hint: 'Chosen for the table when training starts.', hidden: 'auto' },
  { title: 'Affine', hint: 'No hidden layer: the output is a weighted sum of the inputs.', hidden: [] },
  { title: 'Small', hint: 'Two hidden layers of 64 units: enough for most tables.', hidden: [64, 64] },
  { title: 'Medium', hint: 'Two hidden layers of 256 units.', hidden: [256, 256] },
  { title: 'Deep', hint: 'Four hidden layers of 128 units.', hidden: [128, 128, 128, 128] },
  { title: 'Forum question', hint: 'The 784-784-784-2 network of the forum thread.', hidden: [784, 784] },
];
