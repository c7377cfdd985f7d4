import fc from 'fast-check';
import { activationSchema, type Activation } from '../../contract/configuration.ts';
import { countFeatures, type ModelInput } from '../../contract/dataSchema.ts';
import { encodeRows, type RawColumn, type RawColumns } from '../../data/encode.ts';
import { Random } from '../../base/random.ts';
import { scaledBound } from '../../network/bound.ts';
import { outputTransforms, type DenseLayer, type Model } from '../../network/model.ts';
import { predict } from '../../network/predict.ts';
import type { ExportMetadata } from '../metadata.ts';

/** Random models and tables for the export tests: every kind of input, activation and transform, unusual names. */

export const metadata: ExportMetadata = {
  method: { id: 'penalty', settings: { alpha: 10 } },
  evidence: {
    level: 'train',
    statement: 'Every output is at least 0 on all 3 training rows.',
    details: ['a', 'b'],
    figures: [],
    limits: [],
    lowestBound: 0,
  },
  dataSha256: 'f'.repeat(64),
  versions: { orthant: '0.1.0', tensorflow: '2.21.0' },
};

export interface ModelCase {
  readonly model: Model;
  readonly columns: RawColumns;
  readonly rows: number;
}

/** Names that the graph uses itself, and unusual names. */
const names = [
  'inputs',
  'features',
  'last_kernel',
  'hidden_1_linear',
  'a b',
  'Größe (m²)',
  '',
  'x/y:0',
  '"q"',
  '__proto__',
];
const categories = ['', 'red', 'Red', 'blau ', 'ß', '0', '1.5', 'None'];

const number = fc.record({
  kind: fc.constant('number' as const),
  shift: fc.constantFrom(0, 3, -1000.1, 0.5),
  scale: fc.constantFrom(1, 0.01, 250.7),
  fill: fc.option(fc.constantFrom(0, 7.3), { nil: undefined }),
});
const oneHot = fc.record({
  kind: fc.constant('one-hot' as const),
  categories: fc.uniqueArray(fc.constantFrom(...categories), { maxLength: 4 }),
  acceptsMissing: fc.constant(true),
});
const ordinal = fc.record({
  kind: fc.constant('ordinal' as const),
  order: fc.uniqueArray(fc.constantFrom(...categories.slice(1)), { minLength: 1, maxLength: 4 }),
  shift: fc.constantFrom(0, 1.3),
  scale: fc.constantFrom(1, 0.8),
  fill: fc.option(fc.constantFrom(0, 1.5), { nil: undefined }),
});
const withoutUndefined = (input: object): object =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));

export const modelCase: fc.Arbitrary<ModelCase> = fc
  .record({
    inputs: fc
      .array(fc.oneof({ weight: 3, arbitrary: number }, oneHot, ordinal), { minLength: 1, maxLength: 6 })
      .filter((inputs) => inputs.some((input) => input.kind !== 'one-hot' || input.categories.length > 0)),
    targets: fc.array(fc.constantFrom(1, 0.004, 1234.5), { minLength: 1, maxLength: 3 }),
    named: fc.shuffledSubarray(names, { minLength: names.length }),
    hidden: fc.array(
      fc.record({ units: fc.integer({ min: 1, max: 9 }), activation: fc.constantFrom(...activationSchema.options) }),
      {
        maxLength: 3,
      },
    ),
    transform: fc.option(fc.constantFrom(...outputTransforms)),
    factored: fc.boolean(),
    rows: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
  })
  .map(({ inputs, targets, named, hidden, transform, factored, rows, seed }) => {
    const random = new Random(seed, 'model');
    const schema = {
      inputs: inputs.map((input, i) => withoutUndefined({ ...input, column: named[i] }) as ModelInput),
      targets: targets.map((scale, i) => ({ name: named[inputs.length + i] ?? '', scale })),
    };
    const epsilon = targets.map((_, i) => 0.001 * i);
    const features = countFeatures(schema.inputs);
    const model: Model = {
      schema,
      layers: randomLayers(random, features, [...hidden, { units: targets.length, activation: 'none' }]),
      ...(transform === null
        ? {}
        : {
            transform: {
              kind: transform,
              ...(factored ? { factor: Float32Array.from(targets, (_, i) => 1.25 - 0.5 * i) } : {}),
              epsilon: Float32Array.from(targets, (scale, i) => scaledBound(epsilon[i] ?? 0, Math.fround(scale))),
            },
          }),
      epsilon,
    };
    return { model, rows, columns: randomColumns(random, schema.inputs, rows) };
  });

export function randomLayers(
  random: Random,
  features: number,
  sizes: readonly { units: number; activation: Activation }[],
): DenseLayer[] {
  let inputs = features;
  return sizes.map(({ units, activation }) => {
    const spread = 1.5 / Math.sqrt(inputs);
    const layer = {
      inputs,
      units,
      kernel: Float32Array.from({ length: inputs * units }, () => spread * random.normal()),
      bias: Float32Array.from({ length: units }, () => 0.3 * random.normal()),
      activation,
    };
    inputs = units;
    return layer;
  });
}

function randomColumns(random: Random, inputs: readonly ModelInput[], rows: number): RawColumns {
  const make = (input: ModelInput): RawColumn =>
    input.kind === 'number'
      ? Float64Array.from({ length: rows }, () =>
          random.below(8) === 0 ? NaN : input.shift + input.scale * random.normal(),
        )
      : Array.from({ length: rows }, () =>
          random.below(8) === 0 ? null : (categories[random.below(categories.length)] ?? null),
        );
  return new Map(inputs.map((input) => [input.column, make(input)]));
}

/** Predictions of the float64 reference for raw rows, in the targets' units: row-major [rows, targets]. */
export function reference(model: Model, columns: RawColumns, rows: number): Float64Array {
  const { inputs, targets } = model.schema;
  if (inputs.length === 0) return new Float64Array();
  return predict(model, encodeRows(model.schema, columns, rows)).map(
    (value, index) => value * (targets[index % targets.length]?.scale ?? 1),
  );
}
