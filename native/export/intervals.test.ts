import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawColumn } from '../data/encode.ts';
import type { Model } from '../network/model.ts';
import { exportModel } from './exportModel.ts';
import { buildOnnx, decodeOnnx, encodeOnnx } from './onnx.ts';
import { openOnnx } from './predictOnnx.ts';
import { metadata } from './testing/randomModels.ts';

/** The ends of intervals as outputs of exported models. */

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-intervals-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** y = 10 x with the bound 1 and the half width 7; z = 4 x with the bound 0.1 and the half width 0.5. */
const model: Model = {
  schema: {
    inputs: [{ kind: 'number', column: 'x', shift: 0, scale: 1 }],
    targets: [
      { name: 'y', scale: 10 },
      { name: 'y_low', scale: 4 },
    ],
  },
  layers: [{ inputs: 1, units: 2, kernel: Float32Array.of(1, 1), bias: new Float32Array(2), activation: 'none' }],
  epsilon: [1, 0.1],
  intervals: { level: 0.9, rows: 30, halfWidths: [7, 0.5] },
};
const columns = new Map<string, RawColumn>([['x', Float64Array.of(2, 0.5, -3)]]);
const check = { columns, rows: 3, predictions: [20, 8, 5, 2, -30, -12] };
const ends = { y: [20, 5, -30], y_low: [8, 2, -12], y_low_2: [13, 1, 1], y_high: [27, 12, 1] };

async function run(bytes: Uint8Array): Promise<Record<string, number[]>> {
  const session = await ort.InferenceSession.create(bytes);
  const results = await session.run({ inputs: new ort.Tensor('float32', Float32Array.of(2, 0.5, -3), [3, 1]) });
  return Object.fromEntries(session.outputNames.map((name) => [name, [...(results[name]?.data as Float32Array)]]));
}

describe('intervals as outputs', () => {
  it.each(['onnx', 'onnx-json'] as const)('of %s follow the predictions, under names of their own', async (format) => {
    const file = path.join(folder, 'model');
    const report = await exportModel({ model, metadata, check, files: { [format]: file }, intervals: true });
    expect(report).toMatchObject({ rows: 3, maxRelativeDifference: 0 });
    const outputs = await run(encodeOnnx(decodeOnnx(readFileSync(file), file)));
    expect(Object.keys(outputs)).toEqual(['y', 'y_low', 'y_low_2', 'y_high', 'y_low_low', 'y_low_high']);
    expect(outputs).toMatchObject(ends);
    // The bound 0.1 is no float32; no end is below it.
    expect(outputs.y_low_low?.map((value) => value.toFixed(6))).toEqual(['7.500000', '1.500000', '0.100000']);
    expect(Math.min(...(outputs.y_low_low ?? []), ...(outputs.y_low_high ?? []))).toBeGreaterThanOrEqual(0.1);
  });

  it('are left out unless they are asked for: the same graph as without intervals', async () => {
    const { intervals, ...plain } = model;
    const graph = (of: Model, wanted?: boolean): unknown => buildOnnx(of, metadata, wanted).proto.graph;
    expect(graph(model)).toEqual(graph(plain));
    expect(graph(plain, true)).toEqual(graph(plain));
    expect(graph(model, true)).not.toEqual(graph(plain));
    await exportModel({ model, metadata, check, files: { onnx: path.join(folder, 'plain.onnx') } });
    const predictor = await openOnnx(path.join(folder, 'plain.onnx'));
    await predictor.close();
    expect(predictor.metadata.interval).toEqual({ version: 1, ...intervals });
    expect(predictor.metadata.interface.targets).toEqual([
      { output: 'y', target: 'y' },
      { output: 'y_low', target: 'y_low' },
    ]);
  });

  it('leave the predictions of an opened file as they are', async () => {
    const file = path.join(folder, 'model.onnx');
    await exportModel({ model, metadata, check, files: { onnx: file }, intervals: true });
    const predictor = await openOnnx(file);
    const { predictions } = await predictor.predict(columns, 3);
    await predictor.close();
    expect([...predictions]).toEqual(check.predictions);
  });
});
