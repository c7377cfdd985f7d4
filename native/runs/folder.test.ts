import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runConfigurationSchema } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { TrainingResult } from '../contract/results.ts';
import { deleteRun, restoreRun } from './bin.ts';
import { lockHolder, RunFolder, type NewRun } from './folder.ts';
import { listRuns } from './list.ts';
import { runsFolder } from '../system/folders.mjs';
import { isRunning, startTime, thisProcess } from '../system/processes.mjs';
import { makeRunFolder } from './newFolder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-runs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const newRun: NewRun = {
  configuration: runConfigurationSchema.parse({
    data: { source: { kind: 'sample', id: 'ink' } },
    training: { epochs: 25 },
  }),
  changes: [],
  name: 'first',
  orthant: '1.2.3',
};
const place = (name = 'run'): string => path.join(folder, name);

const failure = (action: () => unknown): OrthantError => {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(OrthantError);
    return error as OrthantError;
  }
  throw new Error('nothing was thrown');
};

/** Id and start time of a process that has ended. */
const endedProcess = (): { pid: number; started: number } => {
  const { pid } = spawnSync('true');
  return { pid, started: Date.now() / 1000 };
};

const resultAfter = (epochs: number, run: string): TrainingResult => ({
  engine: 'wasm',
  version: '4',
  device: 'cpu',
  execution: 'eager',
  method: 'none',
  epochs,
  steps: 10 * epochs,
  bestEpoch: 1,
  stopped: 'by-request',
  seconds: 1,
  reproducible: true,
  warnings: [],
  run,
  splits: {},
  phases: { setup: 0, read: 0, compile: 0, train: 1, evaluate: 0, export: 0 },
  evidence: { level: 'none', statement: '', details: [], figures: [], limits: [], lowestBound: 0 },
});

describe('a new run', () => {
  test('is recorded, locked by this process, and read back', () => {
    const run = RunFolder.create(place('deep/down/run'), newRun);
    const record = RunFolder.open(place('deep/down/run')).read();
    expect(record).toMatchObject({ name: 'first', state: 'queued', configuration: newRun.configuration });
    expect(lockHolder(record)?.pid).toBe(process.pid);
    expect(readdirSync(run.path)).toEqual(['run.json']);
  });

  test('overwrites neither another run nor anything else', () => {
    RunFolder.create(place(), newRun);
    const before = readFileSync(path.join(place(), 'run.json'), 'utf8');
    expect(failure(() => RunFolder.create(place(), { ...newRun, name: 'second' }))).toMatchObject({
      code: 'run',
      message: expect.stringMatching(/already holds another run.*orthant resume/) as string,
    });
    expect(readFileSync(path.join(place(), 'run.json'), 'utf8')).toBe(before);

    mkdirSync(place('full'));
    writeFileSync(path.join(place('full'), 'thesis.tex'), 'ten years');
    expect(failure(() => RunFolder.create(place('full'), newRun)).message).toMatch(/not empty \(thesis.tex\)/);
    expect(readdirSync(place('full'))).toEqual(['thesis.tex']);
  });

  test('uses an existing empty folder', () => {
    mkdirSync(place());
    expect(RunFolder.create(place(), newRun).read().name).toBe('first');
  });

  test('reports the obstacle: a file, a folder that cannot be written', () => {
    writeFileSync(place('file'), '');
    expect(failure(() => RunFolder.create(place('file'), newRun))).toMatchObject({ code: 'file' });
    expect(failure(() => RunFolder.create(place('file/below'), newRun)).message).toMatch(/is a file, not a folder/);
    expect(failure(() => RunFolder.create('/proc/run', newRun)).code).toBe('file');
  });
});

describe('the record', () => {
  test('keeps the changes of two processes', () => {
    const run = RunFolder.create(place(), newRun);
    RunFolder.open(place()).update({ name: 'renamed' });
    run.update({ state: 'training' });
    expect(run.read()).toMatchObject({ name: 'renamed', state: 'training' });
    run.update({ lock: undefined });
    expect('lock' in run.read()).toBe(false);
  });

  test('is reported if it is damaged or missing', () => {
    expect(failure(() => RunFolder.open(place())).message).toMatch(/There is no folder/);
    mkdirSync(place());
    expect(failure(() => RunFolder.open(place())).message).toMatch(/does not hold a run: run.json is missing/);
    writeFileSync(path.join(place(), 'run.json'), '{"format":1,');
    expect(failure(() => RunFolder.open(place())).message).toMatch(/damaged: it is not JSON/);
    writeFileSync(path.join(place(), 'run.json'), '{"format":2}');
    expect(failure(() => RunFolder.open(place()))).toMatchObject({ code: 'run' });
  });
});

describe('the lock', () => {
  test('identifies one process by its id and its start time', () => {
    const own = thisProcess();
    expect(isRunning(own)).toBe(true);
    expect(isRunning({ ...own, started: own.started - 100 })).toBe(false);
    expect(isRunning(endedProcess())).toBe(false);
    const uptime = Date.now() / 1000 - own.started;
    expect(Math.abs(uptime - process.uptime())).toBeLessThan(3);
    expect(startTime(2 ** 22 + 1)).toBeUndefined();
  });

  test('is respected while its process runs, and taken over after it has ended', () => {
    const run = RunFolder.create(place(), newRun);
    const child = spawn('sleep', ['30']);
    try {
      run.update({ lock: { pid: child.pid!, started: startTime(child.pid!)! } });
      expect(
        failure(() => {
          run.lock();
        }),
      ).toMatchObject({
        code: 'run',
        message: expect.stringContaining(`Another process (${child.pid!})`) as string,
      });
    } finally {
      child.kill();
    }
    run.update({ lock: endedProcess() });
    run.lock();
    expect(lockHolder(run.read())?.pid).toBe(process.pid);
    // The id is used again, by a process that started at another time.
    run.update({ lock: { pid: 1, started: thisProcess().started } });
    run.lock();
    expect(lockHolder(run.read())?.pid).toBe(process.pid);
  });
});

describe('the list', () => {
  test('newest first, with interrupted and damaged runs, without other folders', () => {
    expect(listRuns(place('none'))).toEqual([]);
    const first = RunFolder.create(place('a'), newRun);
    first.update({ created: '2026-01-01T00:00:00.000Z', state: 'training', lock: endedProcess() });
    first.writeCheckpoint({ epoch: 7, step: 70, state: {}, tensors: {} });
    first.writeCheckpoint({ epoch: 8, step: 80, state: {}, tensors: {} });
    // The last checkpoint is damaged: the run would resume from the one before.
    writeFileSync(path.join(first.path, 'checkpoints', '000002', 'state.json'), '{');
    RunFolder.create(place('b'), newRun).update({ created: '2026-02-01T00:00:00.000Z', state: 'training' });
    RunFolder.create(place('c'), newRun).update({
      created: '2025-02-01T00:00:00.000Z',
      state: 'stopped',
      lock: undefined,
      // The number of epochs was raised while it was paused; it stopped before the end.
      changes: [{ step: 10, epochs: 40 }],
      result: resultAfter(30, place('c')),
    });
    const stopped = RunFolder.create(place('d'), newRun);
    stopped.update({ created: '2024-02-01T00:00:00.000Z', state: 'stopped', lock: undefined });
    stopped.writeCheckpoint({ epoch: 3, step: 30, state: {}, tensors: {} });
    const configuration = runConfigurationSchema.parse({ data: newRun.configuration.data });
    RunFolder.create(place('e'), { ...newRun, configuration }).update({ created: '2023-02-01T00:00:00.000Z' });
    mkdirSync(place('broken'));
    writeFileSync(path.join(place('broken'), 'run.json'), 'x');
    mkdirSync(place('.hidden'));
    writeFileSync(place('note.txt'), '');
    // A link to itself, which the system cannot resolve.
    symlinkSync(place('circle'), place('circle'));
    const list = listRuns(folder);
    expect(
      list
        .filter(({ damaged }) => damaged === undefined)
        .map(({ run, state, epochs, trained, checkpoint }) => [path.basename(run), state, epochs, trained, checkpoint]),
    ).toEqual([
      ['b', 'training', newRun.configuration.training.epochs, undefined, undefined],
      ['a', 'interrupted', newRun.configuration.training.epochs, undefined, 7],
      ['c', 'stopped', 40, 30, undefined],
      ['d', 'stopped', newRun.configuration.training.epochs, undefined, 3],
      // The epochs are not chosen for its table yet.
      ['e', 'queued', undefined, undefined, undefined],
    ]);
    expect(list.find(({ damaged }) => damaged !== undefined)?.damaged).toMatch(/not JSON/);
  });

  test('deleted runs are not listed, and can be restored', () => {
    const run = RunFolder.create(place('a'), newRun);
    expect(failure(() => deleteRun(place('a'))).message).toMatch(/Stop it first/);
    run.update({ lock: undefined });
    const binned = deleteRun(place('a'));
    expect(listRuns(folder)).toEqual([]);
    RunFolder.create(place('a'), { ...newRun, name: 'in its place' });
    const restored = restoreRun(binned);
    expect(path.basename(restored)).toBe('a-2');
    expect(RunFolder.open(restored).read().name).toBe('first');
    expect(failure(() => restoreRun(restored)).message).toMatch(/not a deleted run/);
    expect(failure(() => deleteRun(folder)).code).toBe('run');
  });

  test('old runs are removed from the bin, and nothing else', () => {
    const [old, foreign] = ['0a1b2c3d-old', 'thesis'].map((name) => path.join(folder, '.bin', name)) as [
      string,
      string,
    ];
    const longAgo = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    for (const place of [old, foreign]) {
      mkdirSync(place, { recursive: true });
      utimesSync(place, longAgo, longAgo);
    }
    RunFolder.create(place('a'), newRun).update({ lock: undefined });
    const binned = deleteRun(place('a'));
    expect(readdirSync(path.join(folder, '.bin')).sort()).toEqual([path.basename(binned), 'thesis'].sort());
  });
});

test('ORTHANT_RUNS sets the folder of runs, and runs started in the same second have separate folders', () => {
  expect(runsFolder({}, process.platform, '/home/me')).toBe(path.join('/home/me', 'Orthant', 'runs'));
  expect(runsFolder({ ORTHANT_RUNS: '/data/runs' })).toBe(path.resolve('/data/runs'));
  const created = new Date('2026-11-22T17:30:12.345Z');
  const runs = place('runs');
  const first = makeRunFolder(runs, created, ['Häuser & Co.csv', 'penalty']);
  expect(path.basename(first)).toBe('2026-11-22-173012-hauser-co-csv-penalty');
  expect(makeRunFolder(runs, created, ['Häuser & Co.csv', 'penalty'])).toBe(`${first}-2`);
  expect(RunFolder.create(first, newRun).path).toBe(first);
  writeFileSync(place('taken'), '');
  expect(failure(() => makeRunFolder(place('taken'), created, [])).code).toBe('file');
});
