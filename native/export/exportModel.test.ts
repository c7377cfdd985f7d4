import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findGaps, type RawColumn } from '../data/encode.ts';
import { decodeSafetensors } from '../runs/safetensors.ts';
import type { Model } from '../network/model.ts';
import { exportModel } from './exportModel.ts';
import { buildOnnx, decodeOnnx, encodeOnnx, encodeOnnxJson } from './onnx.ts';
import { openOnnx } from './predictOnnx.ts';
import { metadata, modelCase, reference } from './testing/randomModels.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-export-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const inFolder = (name: string): string => path.join(folder, name);

/** y = 10 (2 + (x - 3) / 2 + red / 2 + grade / 10); a missing x is replaced by 4. */
const model: Model = {
  schema: {
    inputs: [
      { kind: 'number', column: 'x', shift: 3, scale: 2, fill: 4 },
      { kind: 'one-hot', column: 'colour', categories: ['red'], acceptsMissing: true },
      { kind: 'ordinal', column: 'grade', order: ['low', 'high'], shift: 0, scale: 1 },
    ],
    targets: [{ name: 'y', scale: 10 }],
  },
  layers: [{ inputs: 3, units: 1, kernel: Float32Array.of(1, 0.5, 0.1), bias: Float32Array.of(2), activation: 'none' }],
  epsilon: [0],
};
const columns = new Map<string, RawColumn>([
  ['x', Float64Array.of(3, 5, NaN)],
  ['colour', ['red', 'green', null]],
  ['grade', ['low', 'high', 'high']],
]);
/** Computed by hand. */
const predictions = [25, 31, 26];
const check = { columns, rows: 3, predictions };
const allFiles = (): Record<'onnx' | 'onnx-json' | 'safetensors', string> => ({
  onnx: inFolder('m.onnx'),
  'onnx-json': inFolder('m.onnx.json'),
  safetensors: inFolder('m.safetensors'),
});

describe('export', () => {
  it('writes all formats if ONNX Runtime gives the predictions of the training engine', async () => {
    const report = await exportModel({ model, metadata, check, files: allFiles() });
    expect(report.rows).toBe(3);
    expect(report.maxRelativeDifference).toBeLessThan(1e-6);
    expect(report.smallestOutput).toBeCloseTo(25, 4);
    expect(readdirSync(folder).sort()).toEqual(['m.onnx', 'm.onnx.json', 'm.safetensors']);
  });

  it('reports what verified a file: ONNX Runtime, or reading it back', async () => {
    const { onnx, safetensors } = allFiles();
    expect(await exportModel({ model, metadata, check, files: { onnx } })).toMatchObject({
      verifiedBy: 'onnx-runtime',
    });
    const report = await exportModel({ model, metadata, check, files: { safetensors } });
    expect(report).toMatchObject({ verifiedBy: 'safetensors', rows: 3 });
    expect(report.maxRelativeDifference).toBeLessThan(1e-6);
    const wrong = { ...check, predictions: [25, 31.002, 26] };
    await expect(exportModel({ model, metadata, check: wrong, files: { safetensors } })).rejects.toThrow(
      /"y" the safetensors file gives 31/,
    );
  });

  it('writes nothing after it was cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(exportModel({ model, metadata, check, files: allFiles(), signal })).rejects.toThrow(/abort/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('measures the difference in standard deviations of the target', async () => {
    const shifted = { ...check, predictions: [25, 31.0005, 26] };
    const files = { onnx: inFolder('m.onnx') };
    const { maxRelativeDifference } = await exportModel({ model, metadata, check: shifted, files });
    expect(maxRelativeDifference).toBeCloseTo(5e-5, 6);
    const wider = { ...shifted, targetDeviations: [100] };
    const report = await exportModel({ model, metadata, check: wider, files });
    expect(report.maxRelativeDifference).toBeCloseTo(5e-6, 7);
  });

  it.each([
    ['a prediction further off than 1e-4 deviations', [25, 31.002, 26], /"y" ONNX Runtime gives 31.* 31\.002 .*row 2/],
    ['a prediction that is NaN', [25, 31, NaN], /gives NaN \(row 3/],
    ['an infinite prediction', [Infinity, 31, 26], /gives Infinity \(row 1/],
    ['predictions missing', [25, 31], /3 rows and 2 predictions/],
  ])('refuses %s and leaves no file', async (_, wrong, reason) => {
    const request = { model, metadata, check: { ...check, predictions: wrong }, files: allFiles() };
    await expect(exportModel(request)).rejects.toMatchObject({
      code: 'export',
      message: expect.stringMatching(reason) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses to export a model without rows to verify it', async () => {
    const none = { columns: new Map<string, RawColumn>(), rows: 0, predictions: [] };
    await expect(exportModel({ model, metadata, check: none, files: allFiles() })).rejects.toMatchObject({
      code: 'export',
    });
  });

  it('reports a file that cannot be written', async () => {
    writeFileSync(inFolder('file'), '');
    const files = { onnx: path.join(folder, 'file', 'm.onnx') };
    await expect(exportModel({ model, metadata, check, files })).rejects.toMatchObject({ code: 'file' });
  });

  it('leaves no partial export if one of its files cannot be written', async () => {
    writeFileSync(inFolder('file'), '');
    const files = { onnx: inFolder('m.onnx'), 'onnx-json': path.join(folder, 'file', 'm.onnx.json') };
    await expect(exportModel({ model, metadata, check, files })).rejects.toMatchObject({ code: 'file' });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('stores the weights in the layout of nn.Sequential', async () => {
    const deep: Model = {
      ...model,
      layers: [
        {
          inputs: 3,
          units: 2,
          kernel: Float32Array.of(1, 2, 3, 4, 5, 6),
          bias: new Float32Array(2),
          activation: 'none',
        },
        { inputs: 2, units: 1, kernel: Float32Array.of(7, 8), bias: Float32Array.of(9), activation: 'gelu' },
        { inputs: 1, units: 1, kernel: Float32Array.of(1), bias: Float32Array.of(0), activation: 'none' },
      ],
    };
    const truth = [...reference(deep, columns, 3)];
    const { safetensors } = allFiles();
    await exportModel({ model: deep, metadata, check: { ...check, predictions: truth }, files: { safetensors } });
    const { tensors, metadata: about } = decodeSafetensors(readFileSync(safetensors));
    expect(tensors['0.weight']).toEqual({ shape: [2, 3], data: Float32Array.of(1, 3, 5, 2, 4, 6) });
    // Without an activation the next layer is the next module; an activation takes one position.
    expect(Object.keys(tensors)).toEqual(['0.weight', '0.bias', '1.weight', '1.bias', '3.weight', '3.bias']);
    expect(JSON.parse(about['orthant.modules']!)).toEqual([
      ['Linear', { in_features: 3, out_features: 2 }],
      ['Linear', { in_features: 2, out_features: 1 }],
      ['GELU', { approximate: 'tanh' }],
      ['Linear', { in_features: 1, out_features: 1 }],
    ]);
    expect(JSON.parse(about['orthant.features']!)).toEqual([
      { column: 'x' },
      { column: 'colour', category: 'red' },
      { column: 'grade' },
    ]);
    expect(JSON.parse(about['orthant.inputShift']!)).toEqual([3, 0, 0]);
    expect(JSON.parse(about['orthant.inputScale']!)).toEqual([2, 1, 1]);
    expect(JSON.parse(about['orthant.targetScale']!)).toEqual([10]);
  });

  it('writes a large tensor to JSON in pieces, because one string could be too long for JavaScript', () => {
    const units = 1_200_001;
    const kernel = Float32Array.from({ length: units }, (_, i) => Math.sin(i));
    const large: Model = {
      schema: { inputs: [{ kind: 'number', column: 'x', shift: 0, scale: 1 }], targets: [{ name: 'y', scale: 1 }] },
      layers: [
        { inputs: 1, units, kernel, bias: new Float32Array(units), activation: 'relu' },
        { inputs: units, units: 1, kernel, bias: new Float32Array(1), activation: 'none' },
      ],
      epsilon: [0],
    };
    const { proto } = buildOnnx(large, metadata);
    const pieces = [...encodeOnnxJson(proto)];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(5e6);
    const read = decodeOnnx(new TextEncoder().encode(pieces.join('')), 'large.json');
    expect(Buffer.compare(encodeOnnx(read), encodeOnnx(proto))).toBe(0);
  });

  it('adds no operator that an all-number model does not need', () => {
    const plain: Model = {
      schema: {
        inputs: [
          { kind: 'number', column: 'a', shift: 0, scale: 1 },
          { kind: 'number', column: 'b', shift: 0, scale: 1 },
        ],
        targets: [{ name: 'y', scale: 1 }],
      },
      layers: [{ inputs: 2, units: 1, kernel: new Float32Array(2), bias: new Float32Array(1), activation: 'none' }],
      epsilon: [0],
    };
    const { proto } = buildOnnx(plain, metadata);
    expect(proto.graph?.node.map(({ opType, output }) => [opType, ...output])).toEqual([['Gemm', 'y']]);
    expect(proto.graph?.input.map(({ name }) => name)).toEqual(['inputs']);
  });
});

describe('prediction from an exported file', () => {
  it.each(['onnx', 'onnx-json'] as const)(
    'predicts raw rows from %s and reports the rows it could not use',
    async (format) => {
      const files = allFiles();
      await exportModel({ model, metadata, check, files });
      const predictor = await openOnnx(files[format]);
      const table = new Map<string, RawColumn>([
        ['x', Float64Array.of(3, NaN, 5, 5, 5)],
        ['colour', ['red', null, 'green', 'red', 'red']],
        ['grade', ['low', 'high', 'high', 'top', null]],
        ['other', ['', '', '', '', '']],
      ]);
      const result = await predictor.predict(table, 5);
      await predictor.close();
      expect([...result.usable]).toEqual([1, 1, 1, 0, 0]);
      expect(result.predictions[0]).toBeCloseTo(25, 4);
      expect(result.predictions[1]).toBeCloseTo(26, 4);
      expect(result.predictions[2]).toBeCloseTo(31, 4);
      expect([...result.predictions.subarray(3)]).toEqual([NaN, NaN]);
      expect(result.unseen).toEqual({ colour: ['green'], grade: ['top'] });
      expect(result.skipped).toEqual([
        { reason: 'a category outside the order of column "grade"', rows: 1 },
        { reason: 'no value in column "grade"', rows: 1 },
      ]);
      expect(predictor.metadata.epsilon).toEqual({ y: 0 });
      expect(predictor.metadata.evidence).toEqual(metadata.evidence);
      await expect(openOnnx(files.onnx).then((again) => again.predict(new Map(), 1))).rejects.toThrow(
        /lacks 3 columns/,
      );
    },
  );

  it('agrees with the float64 reference on random models, in batches too', async () => {
    await fc.assert(
      fc.asyncProperty(modelCase, fc.boolean(), async ({ model, columns, rows }, repeat) => {
        const { proto } = buildOnnx(model, metadata);
        writeFileSync(inFolder('r.onnx'), encodeOnnx(proto));
        const predictor = await openOnnx(inFolder('r.onnx'));
        const times = repeat ? Math.ceil(5000 / rows) : 1;
        const table = new Map([...columns].map(([name, values]) => [name, repeated(values, times)]));
        const result = await predictor.predict(table, rows * times);
        await predictor.close();
        const truth = reference(model, columns, rows);
        const targets = model.schema.targets.length;
        const gaps = findGaps(model.schema, columns, rows);
        const wrong = [...result.predictions.keys()].filter((index) => {
          const value = result.predictions[index]!;
          const expected = truth[index % truth.length]!;
          const scale = model.schema.targets[index % targets]!.scale;
          if (gaps.usable[Math.floor(index / targets) % rows] === 0) return !Number.isNaN(value);
          if (Math.abs(expected) > 3e38) return value !== Infinity;
          return !(Math.abs(value - expected) <= 2e-5 * Math.max(scale, Math.abs(expected)));
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('refuses files that are damaged, from other programs, or changed after their export', async () => {
    const { proto } = buildOnnx(model, metadata);
    const bytes = encodeOnnx(proto);
    const refuse = async (content: string | Uint8Array, reason: RegExp): Promise<void> => {
      writeFileSync(inFolder('bad.onnx'), content);
      await expect(openOnnx(inFolder('bad.onnx'))).rejects.toMatchObject({
        code: 'file',
        message: expect.stringMatching(reason) as string,
      });
    };
    await refuse(bytes.slice(0, bytes.length / 2), /damaged|graph/);
    await refuse('', /no graph/);
    await refuse('{}', /no graph/);
    await refuse('{"graph":', /damaged/);
    await refuse('x,y\n1,2\n', /damaged|graph/);
    await refuse(encodeOnnx({ ...proto, metadataProps: [] }), /did not export/);
    const json = [...encodeOnnxJson(proto)].join('');
    await refuse(json.replace('orthant.schema', 'orthant.other'), /schema/);
    const kernel = proto.graph!.initializer.find(({ name }) => name === 'last_kernel')!;
    kernel.rawData[0]! ^= 1;
    await refuse(encodeOnnx(proto), /changed after its export/);
    await expect(openOnnx(inFolder('absent.onnx'))).rejects.toMatchObject({ code: 'file' });
  });
});

const repeated = (values: RawColumn, times: number): RawColumn => {
  const all = Array.from({ length: times }, () => [...values]).flat();
  return values instanceof Float64Array ? Float64Array.from(all as number[]) : (all as string[]);
};
