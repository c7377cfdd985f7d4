import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunConfigurationInput } from '../contract/configuration.ts';
import type { EngineEvent } from '../contract/engine.ts';
import { splitNames, type TrainingResult } from '../contract/results.ts';
import { countLeftOut } from '../contract/rowCounts.ts';
import { RunFolder } from '../runs/folder.ts';
import { buildCode, startEngine, temporaryFolder, type TestEngine } from './testing/builtEngine.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder.path, ...names);
let train: TestEngine;

/** A table like airquality: gaps in numbers, in a category and in the target, and lines that cannot be read. */
const rows = Array.from({ length: 120 }, (_, row) => {
  const sun = row % 9 === 4 ? '' : String(20 + ((row * 37) % 50));
  const station = ['north', 'south', ''][row % 3] ?? '';
  // Ozone is high where the station is missing: only a model that sees the gap can learn that.
  const ozone = row % 15 === 7 ? '' : String((row % 7) + (station === '' ? 40 : 1));
  return { sun, station, ozone, readable: row % 40 !== 2 };
});
type Row = (typeof rows)[number];

beforeAll(() => {
  buildCode();
  const lines = rows.map(({ sun, station, ozone, readable }) => [sun, station, ...(readable ? [ozone] : [])].join(','));
  writeFileSync(at('air.csv'), `${['sun,station,ozone', ...lines].join('\n')}\n`);
  train = startEngine('train', { ORTHANT_RUNS: at('runs') });
});
afterAll(async () => {
  train.process.kill('SIGKILL');
  await train.ended;
  folder.remove();
});

type Missing = NonNullable<RunConfigurationInput['data']['missing']>;
const table = () => ({ source: { kind: 'file' as const, path: at('air.csv') }, skipBadRows: true });
const isEnd = (event: EngineEvent, run: string): event is Extract<EngineEvent, { event: 'finished' }> =>
  event.event === 'finished' && event.run === run;

type Trained = Promise<{ readonly run: string; readonly result: TrainingResult }>;
const runs = new Map<Missing, Trained>();

/** Trains a network once for each choice. */
function trained(missing: Missing): Trained {
  const known = runs.get(missing) ?? trainNetwork(missing);
  runs.set(missing, known);
  return known;
}

async function trainNetwork(missing: Missing): Trained {
  const { run } = await train.call('start', {
    configuration: {
      data: { ...table(), columns: { ozone: { role: 'target' } }, missing },
      network: { hidden: [8, 8] },
      training: { epochs: 80, batchSize: 16, seed: 5, optimizer: { id: 'adam', learningRate: 0.01 } },
      runtime: { engine: 'wasm' },
    },
    out: at(missing),
  });
  const end = await train.until((event) => isEnd(event, run));
  if (!isEnd(end, run)) throw new Error('The run has no result.');
  return { run, result: end.result };
}

test.each([
  ['drop', ({ sun, station }: Row) => sun !== '' && station !== ''],
  ['own-category', ({ sun }: Row) => sun !== ''],
  ['median-own-category', () => true],
] as const)('a result counts every row of the file, with missing: %s', async (missing, isComplete) => {
  const { run, result } = await trained(missing);
  const used = rows.filter((row) => row.readable && row.ozone !== '' && isComplete(row)).length;
  const dropped = result.rows?.dropped ?? [];
  expect(result.rows).toEqual({ file: 120, used, dropped });
  expect(used + countLeftOut(dropped)).toBe(120);
  expect(dropped[0]).toEqual({ reason: 'could not be read', rows: 3 });
  expect(splitNames.reduce((sum, name) => sum + (result.splits[name]?.rows ?? 0), 0)).toBe(used);
  expect(RunFolder.open(run).read().result?.rows).toEqual(result.rows);
  const text = result.warnings.map(({ message }) => message).join('\n');
  expect(text).toContain('3 of 120 rows in air.csv could not be read and were left out: line 4 has 2 fields');
  expect(text).toMatch(/of 120 rows were left out: 3 could not be read; \d+ with no value in the target "ozone"/);
});

test('rows with gaps are predicted by the exported files as by the training engine', async () => {
  for (const missing of ['median', 'median-own-category'] as const) {
    const { run: model } = await trained(missing);
    const answer = await train.call('predict', { model, table: table(), limit: 120 });
    expect(answer.rows).toBe(117);
    const exported = new Map(answer.predictions.map(({ row, prediction }) => [row, prediction[0]]));
    for (const split of splitNames) {
      const { rows: own } = await train.call('predictions', { run: model, split, limit: 120 });
      for (const { row, prediction } of own) expect(exported.get(row)).toBeCloseTo(prediction[0] ?? NaN, 3);
    }
  }
});

test('a missing category is an input that the model learns from, and that exported files name', async () => {
  const { run } = await trained('median-own-category');
  const typed = async (station: string | null): Promise<number> =>
    (await train.call('predictRow', { model: run, values: { sun: 40, station } })).prediction[0] ?? NaN;
  expect((await typed(null)) - (await typed('north'))).toBeGreaterThan(5);
  expect(await typed('')).toBe(await typed(null));
  const out = at('own.safetensors');
  const { report } = await train.call('export', { run, format: 'safetensors', out });
  expect(report.maxRelativeDifference).toBeLessThan(1e-4);
  expect(readFileSync(out, 'latin1')).toContain(String.raw`{\"column\":\"station\",\"category\":\"\"}`);
});
