import type { ModelInput } from '../contract/dataSchema.ts';
import { scaledFeature } from '../data/encode.ts';
import { attribute, mlDomain, type GraphBuilder } from './graph.ts';
import type { GraphInterface } from './metadata.ts';

type NumberInput = Extract<ModelInput, { kind: 'number' }>;
type CategoryInput = Exclude<ModelInput, { kind: 'number' }>;

/**
 * Adds the nodes that encode the graph's inputs as network inputs [N, features], as data/encode.ts does:
 *
 * - numbers: a missing value (NaN) is replaced by the fill, then (x - shift) / scale;
 * - one-hot: an unseen category becomes zeros, and so does the empty string unless it is one of the categories;
 * - ordinal: each category maps directly to its scaled code, any other text to the scaled fill.
 *
 * A missing value without a fill stays NaN, and so does every output of that row.
 *
 * @param names - reserved names of the graph's inputs
 * @returns name of the value with the features in the order of the schema
 */
export function addFeatures(graph: GraphBuilder, inputs: readonly ModelInput[], names: GraphInterface): string {
  const blocks = splitNumbers(graph, inputs, names);
  const pieces = inputs.flatMap((input, index) => {
    if (input.kind === 'number') return inputs[index - 1]?.kind === 'number' ? [] : [blocks.shift() ?? ''];
    const name = names.categories.find(({ column }) => column === input.column)?.input ?? input.column;
    graph.input(name, 'string', 1, `Column "${input.column}"; the empty string if the value is missing`);
    return addCategory(graph, input, name);
  });
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  return graph.node('Concat', 'features', pieces, { attributes: [attribute.integer('axis', 1)] });
}

/** The scaled numbers: one value for each group of consecutive number columns. */
function splitNumbers(graph: GraphBuilder, inputs: readonly ModelInput[], names: GraphInterface): string[] {
  const numbers = inputs.filter((input) => input.kind === 'number');
  if (names.numbers === undefined) return [];
  const scaled = addNumbers(graph, numbers, names.numbers.input);
  const runs: number[] = [];
  inputs.forEach((input, index) => {
    if (input.kind !== 'number') return;
    if (inputs[index - 1]?.kind === 'number') runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
    else runs.push(1);
  });
  if (runs.length === 1) return [scaled];
  const outputs = runs.map((_, index) => graph.reserve(`numbers_${index + 1}`));
  graph.node('Split', 'split_numbers', [scaled, graph.integers('number_runs', runs)], {
    attributes: [attribute.integer('axis', 1)],
    outputs,
  });
  return outputs;
}

function addNumbers(graph: GraphBuilder, numbers: readonly NumberInput[], name: string): string {
  const row = (preferred: string, value: (input: NumberInput) => number): string =>
    graph.floats(preferred, [1, numbers.length], Float32Array.from(numbers, value));
  const columns = numbers.map(({ column }) => column).join(', ');
  let x = graph.input(name, 'float', numbers.length, `Columns: ${columns}; NaN if a value is missing`);
  if (numbers.some(({ fill }) => fill !== undefined)) {
    const fill = row('input_fill', (input) => input.fill ?? NaN);
    x = graph.node('Where', 'filled', [graph.node('IsNaN', 'missing', [x]), fill, x]);
  }
  if (numbers.some(({ shift }) => shift !== 0))
    x = graph.node('Sub', 'shifted', [x, row('input_shift', (i) => i.shift)]);
  if (numbers.some(({ scale }) => scale !== 1))
    x = graph.node('Div', 'scaled', [x, row('input_scale', (i) => i.scale)]);
  return x;
}

function addCategory(graph: GraphBuilder, input: CategoryInput, name: string): string[] {
  if (input.kind === 'ordinal') {
    const encoded = graph.node('LabelEncoder', `${name}_scaled`, [name], {
      domain: mlDomain,
      attributes: [
        attribute.strings('keys_strings', input.order),
        attribute.floats(
          'values_floats',
          input.order.map((_, code) => scaledFeature(code, input)),
        ),
        attribute.float('default_float', scaledFeature(input.fill ?? NaN, input)),
      ],
    });
    return [encoded];
  }
  // A column without categories gives no feature, and the operator would refuse it.
  if (input.categories.length === 0) return [];
  const oneHot = graph.node('OneHotEncoder', `${name}_one_hot`, [name], {
    domain: mlDomain,
    attributes: [attribute.strings('cats_strings', input.categories), attribute.integer('zeros', 1)],
  });
  // [N, 1, categories] -> [N, categories].
  return [graph.node('Flatten', `${name}_features`, [oneHot], { attributes: [attribute.integer('axis', 1)] })];
}
