import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readersPython, readModels } from '../../build/onnx/readers/environment.mjs';
import { outputTransforms, type Model } from '../network/model.ts';
import { encodeRows, numbersOf, textsOf, type RawColumns } from '../data/encode.ts';
import { Random } from '../base/random.ts';
import { buildOnnx, decodeOnnx, encodeOnnx, encodeOnnxJson } from './onnx.ts';
import { encodePytorch } from './pytorch.ts';
import { metadata, modelCase, randomLayers, reference, type ModelCase } from './testing/randomModels.ts';

/** Reads exported models with the Python packages onnx, onnxruntime and safetensors: independent of Orthant's code. */

interface Found {
  binary: { ir_version: number; shapes: Record<string, unknown[]>; without_shape: string[] } & RunResult;
  json: { without_shape: string[] } & RunResult;
  opsets: Record<string, number>;
  same: boolean;
  sequential: { metadata: Record<string, string>; shapes: Record<string, number[]>; outputs: (number | string)[] };
}
interface RunResult {
  outputs: Record<string, (number | string)[]>;
  metadata: Record<string, string>;
}

const random = fc.sample(modelCase, { numRuns: 60, seed: 1 });

/** Models with one feature, at both ends of the range that float32 weights and inputs commonly reach. */
const extremes = outputTransforms.map((kind): ModelCase => {
  const sign = (value: number): Model['layers'][number] => ({
    inputs: 1,
    units: 1,
    kernel: Float32Array.of(value),
    bias: new Float32Array(1),
    activation: 'none',
  });
  const scale = 0.37;
  const model: Model = {
    schema: {
      inputs: [{ kind: 'number', column: 'x', shift: 0, scale: 1 }],
      targets: [{ name: 'y', scale }],
    },
    layers: [sign(1)],
    transform: { kind, epsilon: Float32Array.of(0.25) },
    epsilon: [Math.fround(0.25 * Math.fround(scale))],
  };
  const values = [-1e18, -1e6, -104, -88, -20, -1e-30, -0, 0, 1e-30, 20, 88, 89, 1e6, 1e18];
  return { model, columns: new Map([['x', Float64Array.from(values)]]), rows: values.length };
});

/** A network of the shape in the forum thread, with a plain linear last layer. */
const thread: ModelCase = ((): ModelCase => {
  const columns: RawColumns = new Map(
    Array.from({ length: 784 }, (_, i) => [`pixel ${i}`, Float64Array.of(i % 2, i / 784, 0)]),
  );
  const layers = randomLayers(new Random(1, 'thread'), 784, [
    { units: 784, activation: 'relu' },
    { units: 784, activation: 'relu' },
    { units: 2, activation: 'none' },
  ]);
  const inputs = [...columns.keys()].map((column) => ({ kind: 'number' as const, column, shift: 0, scale: 1 }));
  const targets = [
    { name: 'top_left', scale: 1 },
    { name: 'bottom_right', scale: 1 },
  ];
  return { model: { schema: { inputs, targets }, layers, epsilon: [0, 0] }, columns, rows: 3 };
})();

/** Every second model has intervals, of half a scale and more, and its graph their ends as outputs. */
const cases = [...random, ...extremes, thread].map((each, index): ModelCase => {
  if (index % 2 === 0) return each;
  const halfWidths = each.model.schema.targets.map(({ scale }, target) => Math.fround(scale * (0.5 + target)));
  return { ...each, model: { ...each.model, intervals: { level: 0.9, rows: 40, halfWidths } } };
});
const build = (model: Model): ReturnType<typeof buildOnnx> => buildOnnx(model, metadata, true);
const environment = await readersPython();
if ('missing' in environment) console.warn(`Skipped: models are not read with Python packages: ${environment.missing}`);

describe.skipIf('missing' in environment)('exported models, read by Python packages', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'orthant-readers-'));
  let found: Record<string, Found> = {};
  const caseName = (index: number): string => String(index).padStart(3, '0');

  beforeAll(async () => {
    cases.forEach(({ model, columns, rows }, index) => {
      const place = path.join(folder, caseName(index));
      mkdirSync(place);
      const { proto, names } = build(model);
      writeFileSync(path.join(place, 'model.onnx'), encodeOnnx(proto));
      writeFileSync(path.join(place, 'model.onnx.json'), [...encodeOnnxJson(proto)].join(''));
      writeFileSync(path.join(place, 'model.safetensors'), encodePytorch(model, metadata));
      const { inputs } = model.schema;
      const numbers = inputs.filter(({ kind }) => kind === 'number').map((input) => numbersOf(columns, input));
      const graphInputs = Object.fromEntries([
        ...(names.numbers === undefined ? [] : [[names.numbers.input, rowsOf(numbers, rows)]]),
        ...names.categories.map(({ input, column }) => [
          input,
          textsOf(
            columns,
            inputs.find((candidate) => candidate.column === column)!,
          ).map((text) => [text ?? '']),
        ]),
      ]) as Record<string, unknown>;
      const features = chunk(encodeRows(model.schema, columns, rows), rows);
      writeFileSync(path.join(place, 'rows.json'), JSON.stringify({ inputs: graphInputs, features }));
    });
    if ('python' in environment) found = (await readModels(environment.python, folder)) as Record<string, Found>;
  }, 600_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const each = (examine: (found: Found, modelCase: ModelCase, index: number) => void): void => {
    cases.forEach((modelCase, index) => {
      examine(found[caseName(index)]!, modelCase, index);
    });
  };

  it('pass the checker and strict shape inference; every value has a shape, the batch is dynamic', () => {
    each(({ binary, json, opsets }, { model }) => {
      expect(binary.ir_version).toBe(8);
      expect(opsets).toEqual({ '': 17, 'ai.onnx.ml': 3 });
      expect(binary.without_shape).toEqual([]);
      expect(json.without_shape).toEqual([]);
      for (const { output } of build(model).names.targets) {
        expect(binary.shapes[output]).toEqual(['N', 1]);
      }
    });
  });

  it('are the same model as JSON, as binary, and as the JSON that Python writes', () => {
    each(({ same, binary, json }, _, index) => {
      expect(same).toBe(true);
      expect(json.outputs).toEqual(binary.outputs);
      const place = path.join(folder, caseName(index));
      const rewritten = readFileSync(path.join(place, 'python.json'));
      expect(rewritten.toString()).toContain('"ir_version"');
      const read = encodeOnnx(decodeOnnx(rewritten, 'python.json'));
      expect(Buffer.compare(read, readFileSync(path.join(place, 'model.onnx')))).toBe(0);
    });
  });

  it('compute the same as the float64 reference, and NaN if an input without a fill is missing', () => {
    each(({ binary }, { model, columns, rows }) => {
      const truth = reference(model, columns, rows);
      const { targets } = build(model).names;
      targets.forEach(({ output }, target) => {
        const expected = Array.from({ length: rows }, (__, row) => truth[row * targets.length + target]!);
        expectClose(binary.outputs[output]!, expected, model.schema.targets[target]!.scale);
      });
    });
  });

  it('have the ends of intervals beside the predictions, none below the bound', () => {
    each(({ binary }, { model }, index) => {
      const { targets } = build(model).names;
      const { intervals } = model;
      expect(Object.keys(binary.outputs)).toHaveLength(targets.length * (intervals === undefined ? 1 : 3));
      expect(intervals === undefined).toBe(index % 2 === 0);
      targets.forEach(({ output, low, high }, target) => {
        if (intervals === undefined) return;
        const [bound, scale] = [model.epsilon[target]!, model.schema.targets[target]!.scale];
        const values = binary.outputs[output]!.map(parsed);
        for (const [name, sign] of [
          [low, -1],
          [high, 1],
        ] as const) {
          const ends = binary.outputs[name!]!;
          expectClose(
            ends,
            values.map((value) => Math.max(bound, value + sign * intervals.halfWidths[target]!)),
            scale,
          );
          for (const end of ends.map(parsed)) if (!Number.isNaN(end)) expect(end).toBeGreaterThanOrEqual(bound);
          expect(binary.shapes[name!]).toEqual(['N', 1]);
        }
      });
    });
  });

  it('compute the same as nn.Sequential on scaled features', () => {
    each(({ sequential }, { model, columns, rows }) => {
      const truth = reference(model, columns, rows);
      expectClose(sequential.outputs, [...truth], 1e-3);
      expect(sequential.metadata.format).toBe('pt');
    });
  });

  it('never fall below the transform’s epsilon, however extreme the input', () => {
    extremes.forEach(({ model }, index) => {
      const { outputs } = found[caseName(random.length + index)]!.binary;
      const values = outputs.y!.map(Number);
      expect(values).toHaveLength(14);
      for (const value of values) expect(value).toBeGreaterThanOrEqual(model.epsilon[0]!);
      // The bound is reached exactly where the transform is zero, which shows that epsilon keeps it.
      if (model.transform?.kind !== 'square') expect(Math.min(...values)).toBe(model.epsilon[0]);
    });
  });

  it('have method, evidence, data and weights in their metadata', () => {
    each(({ binary, sequential }, { model }) => {
      const read = (properties: Record<string, string>, key: string): unknown =>
        JSON.parse(properties[`orthant.${key}`]!) as unknown;
      for (const properties of [binary.metadata, sequential.metadata]) {
        expect(read(properties, 'method')).toEqual(metadata.method);
        expect(read(properties, 'evidence')).toEqual(metadata.evidence);
        expect(read(properties, 'dataSha256')).toBe(metadata.dataSha256);
        expect(read(properties, 'versions')).toEqual(metadata.versions);
        expect(read(properties, 'schema')).toEqual(model.schema);
        if (model.intervals === undefined) expect(properties).not.toHaveProperty(['orthant.interval']);
        else expect(read(properties, 'interval')).toEqual({ version: 1, ...model.intervals });
        expect(read(properties, 'weightsSha256')).toMatch(/^[\da-f]{64}$/);
      }
    });
  });
});

const rowsOf = (columns: readonly Float64Array[], rows: number): (number | null)[][] =>
  Array.from({ length: rows }, (_, row) => columns.map((values) => finiteOrNull(values[row]!)));

const chunk = (values: Float32Array, rows: number): (number | null)[][] => {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width), finiteOrNull),
  );
};

/** Replaces NaN, which JSON does not have. */
const finiteOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

const parsed = (text: number | string): number => (text === 'nan' ? NaN : text === 'inf' ? Infinity : Number(text));

/** Expects equality up to float32 rounding, relative to the larger of `scale` and the number. */
function expectClose(values: readonly (number | string)[], expected: readonly number[], scale: number): void {
  expect(values).toHaveLength(expected.length);
  values.forEach((text, index) => {
    const value = parsed(text);
    const truth = expected[index]!;
    if (Number.isNaN(truth)) expect(value).toBeNaN();
    else if (Math.abs(truth) > 3e38) expect(value).toBe(Infinity);
    else expect(Math.abs(value - truth)).toBeLessThanOrEqual(2e-5 * Math.max(scale, Math.abs(truth)));
  });
}
