import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineCallName, CallAnswer, CallRequest } from '../contract/engine.ts';
import { splitNames, type TrainingResult } from '../contract/results.ts';
import { readEntries } from '../export/metadata.ts';
import { decodeOnnx } from '../export/onnx.ts';
import { decodeSafetensors } from '../runs/safetensors.ts';
import { buildCode, startEngine, temporaryFolder, writeTable, type TestEngine } from './testing/builtEngine.ts';

/** Intervals from a run's validation rows to its result, its predictions and its exported files. */

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder.path, ...names);
let engine: TestEngine;
const call = <Name extends EngineCallName>(name: Name, request: CallRequest<Name>): Promise<CallAnswer<Name>> =>
  engine.call(name, request);

/** Trains on 80 rows, of which 8 are validation rows and 8 test rows; the targets keep the bound. */
async function train(name: string, intervalLevel: number): Promise<TrainingResult> {
  const { run } = await call('start', {
    configuration: {
      data: { source: { kind: 'file', path: at('table.csv') }, columns: { y: { role: 'target' } } },
      network: { hidden: [8] },
      constraint: { epsilon: -0.1, method: { id: 'none' } },
      training: { epochs: 4, batchSize: 16, seed: 5, intervalLevel },
      runtime: { engine: 'wasm' },
    },
    out: at(name),
  });
  await engine.until((event) => event.event === 'finished' && event.run === run);
  return (JSON.parse(readFileSync(at(name, 'run.json'), 'utf8')) as { result: TrainingResult }).result;
}

const table = (): CallRequest<'predict'>['table'] => ({ source: { kind: 'file', path: at('table.csv') } });

let result: TrainingResult;
let halfWidth: number;
beforeAll(async () => {
  buildCode();
  writeTable(at('table.csv'));
  engine = startEngine('train', { ORTHANT_RUNS: at('runs') });
  result = await train('run', 0.8);
  halfWidth = result.intervals?.halfWidths?.[0] ?? NaN;
}, 60_000);
afterAll(async () => {
  engine.process.kill('SIGKILL');
  await engine.ended;
  folder.remove();
});

const predicted = async (split: (typeof splitNames)[number]): Promise<{ target: number; prediction: number }[]> => {
  const { rows } = await call('predictions', { run: at('run'), split });
  return rows.map(({ target, prediction }) => ({ target: target[0] ?? NaN, prediction: prediction[0] ?? NaN }));
};

test('a result has the half width, and what it holds on each split', async () => {
  expect(result.intervals).toMatchObject({ level: 0.8, rows: 8 });
  const residuals = (await predicted('validation')).map(({ target, prediction }) => Math.abs(prediction - target));
  // ceil(9 * 0.8) = 8: the largest of the 8.
  expect(halfWidth).toBeCloseTo(Math.max(...residuals), 5);
  for (const split of splitNames) {
    const rows = await predicted(split);
    const inside = rows.filter(({ target, prediction }) => Math.abs(prediction - target) <= halfWidth + 1e-6);
    const widths = rows.map(
      ({ prediction }) => Math.max(-0.1, prediction + halfWidth) - Math.max(-0.1, prediction - halfWidth),
    );
    const { level, coverage, width } = result.splits[split]?.outputs[0]?.interval ?? {};
    expect({ level, coverage }).toEqual({ level: 0.8, coverage: inside.length / rows.length });
    expect(width).toBeCloseTo(widths.reduce((sum, one) => sum + one, 0) / rows.length, 5);
    expect(width).toBeLessThan(2 * halfWidth);
  }
});

test('with too few validation rows there is a reason instead, and no interval anywhere', async () => {
  const { intervals, splits } = await train('few', 0.95);
  expect(intervals).toEqual({
    level: 0.95,
    rows: 8,
    note: 'There are no 95 % intervals: they need at least 19 validation rows, and there are 8.',
  });
  expect(splits.test?.outputs[0]).not.toHaveProperty('interval');
  expect(await call('predict', { model: at('few'), table: table() })).not.toHaveProperty('level');
  await expect(
    call('export', { run: at('few'), format: 'onnx', out: at('few.onnx'), intervals: true }),
  ).rejects.toMatchObject({ code: 'usage', message: intervals?.note, field: 'intervals' });
});

test('with the level 0 nothing mentions intervals', async () => {
  const off = await train('off', 0);
  expect(off).not.toHaveProperty('intervals');
  expect(off.splits.test?.outputs[0]).not.toHaveProperty('interval');
  await expect(
    call('export', { run: at('off'), format: 'onnx', out: at('off.onnx'), intervals: true }),
  ).rejects.toMatchObject({ code: 'usage', field: 'intervals' });
});

describe('predictions', () => {
  test('have the ends of their intervals, from a run folder and from exported files alike', async () => {
    const answer = await call('predict', { model: at('run'), table: table(), limit: 80 });
    expect(answer).toMatchObject({ targets: ['y'], level: 0.8, rows: 80 });
    for (const { prediction, low, high } of answer.predictions) {
      expect(low?.[0]).toBeCloseTo(Math.max(-0.1, (prediction[0] ?? NaN) - halfWidth), 5);
      expect(high?.[0]).toBeCloseTo(Math.max(-0.1, (prediction[0] ?? NaN) + halfWidth), 5);
      expect(low?.[0]).toBeGreaterThanOrEqual(-0.1);
    }
    expect(answer.predictions.some(({ low }) => (low?.[0] ?? NaN) < -0.099)).toBe(true);
    for (const format of ['onnx', 'onnx-json'] as const) {
      const { file } = await call('export', { run: at('run'), format, out: at(`again.${format}`) });
      expect(await call('predict', { model: file, table: table(), limit: 80 })).toEqual(answer);
    }
    const values = { a: 0.5, b: 0.25, kind: 'red' };
    const one = await call('predictRow', { model: at('run'), values });
    expect(one).toMatchObject({ level: 0.8, low: [expect.any(Number)], high: [expect.any(Number)] });
  });

  test('as CSV have two columns more, which can be left out', async () => {
    await call('predict', { model: at('run'), table: table(), out: at('with.csv') });
    await call('predict', { model: at('run'), table: table(), out: at('without.csv'), intervals: false });
    const [first, second] = ['with.csv', 'without.csv'].map((name) => readFileSync(at(name), 'utf8').split('\n'));
    expect([first?.[0], second?.[0]]).toEqual(['row,y,y low,y high', 'row,y']);
    expect(first?.[1]?.split(',')).toHaveLength(4);
    expect(first?.map((line) => line.split(',').slice(0, 2).join(','))).toEqual(second);
  });

  test('of a model file from before there were intervals are plain', async () => {
    const old = JSON.parse(readFileSync(at('run', 'model.onnx.json'), 'utf8')) as {
      metadataProps: { key: string }[];
    };
    old.metadataProps = old.metadataProps.filter(({ key }) => key !== 'orthant.interval');
    writeFileSync(at('old.onnx.json'), JSON.stringify(old));
    const answer = await call('predict', { model: at('old.onnx.json'), table: table() });
    expect(answer).not.toHaveProperty('level');
    expect(Object.keys(answer.predictions[0] ?? {})).toEqual(['row', 'prediction']);
  });
});

describe('an exported model', () => {
  test('has the ends as outputs on request, equal to those of predictions', async () => {
    const request = { run: at('run'), format: 'onnx', out: at('intervals.onnx'), intervals: true } as const;
    const { report } = await call('export', request);
    expect(report.maxRelativeDifference).toBeLessThan(1e-4);
    const session = await ort.InferenceSession.create(at('intervals.onnx'));
    expect(session.outputNames).toEqual(['y', 'y_low', 'y_high']);
    const lines = readFileSync(at('table.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const { y_low: low, y_high: high } = await session.run({
      inputs: new ort.Tensor('float32', Float32Array.from(lines.flatMap(([a, b]) => [Number(a), Number(b)])), [80, 2]),
      kind: new ort.Tensor(
        'string',
        lines.map(([, , kind]) => kind ?? ''),
        [80, 1],
      ),
    });
    const { predictions } = await call('predict', { model: at('run'), table: table(), limit: 80 });
    expect([...(low?.data as Float32Array)]).toEqual(predictions.map((row) => row.low?.[0]));
    expect([...(high?.data as Float32Array)]).toEqual(predictions.map((row) => row.high?.[0]));
    expect(Math.min(...(low?.data as Float32Array))).toBeGreaterThanOrEqual(-0.1);
    const plain = await ort.InferenceSession.create(at('run', 'model.onnx'));
    expect(plain.outputNames).toEqual(['y']);
  });

  test('has the half widths in its metadata', async () => {
    const interval = { version: 1, level: 0.8, rows: 8, halfWidths: [halfWidth] };
    const { metadataProps } = decodeOnnx(readFileSync(at('run', 'model.onnx')), 'model.onnx');
    expect(readEntries(metadataProps.map(({ key, value }) => [key, value])).interval).toEqual(interval);
    const request = { run: at('run'), format: 'safetensors', out: at('model.safetensors') } as const;
    await call('export', request);
    const { metadata } = decodeSafetensors(readFileSync(at('model.safetensors')));
    expect(readEntries(Object.entries(metadata)).interval).toEqual(interval);
    await expect(call('export', { ...request, intervals: true })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('orthant.interval') as string,
    });
  });

  test('of a run from before there were intervals gets them when it is exported again', async () => {
    const record = JSON.parse(readFileSync(at('run', 'run.json'), 'utf8')) as {
      configuration: { training: { intervalLevel?: number } };
      result: { intervals?: unknown };
    };
    const kept = structuredClone(record);
    delete record.result.intervals;
    writeFileSync(at('run', 'run.json'), JSON.stringify(record));
    await call('export', { run: at('run'), format: 'onnx', out: at('later.onnx') });
    writeFileSync(at('run', 'run.json'), JSON.stringify(kept));
    const { metadataProps } = decodeOnnx(readFileSync(at('later.onnx')), 'later.onnx');
    expect(readEntries(metadataProps.map(({ key, value }) => [key, value])).interval).toMatchObject({
      level: 0.8,
      halfWidths: [expect.closeTo(halfWidth, 5)],
    });
  });
});
