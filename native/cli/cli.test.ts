import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runConfigurationSchema } from '../contract/configuration.ts';
import { trainingResultSchema, type EpochMetrics, type TrainingResult } from '../contract/results.ts';
import { runRecordSchema, runSummarySchema, type RunRecord } from '../contract/runRecord.ts';
import { buildCode, builtFile, temporaryFolder, writeTable } from '../engine/testing/builtEngine.ts';
import { isAlive } from '../system/processes.mjs';
import { testEngines } from '../tensorflow/testEngines.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder.path, ...names);
const env = { ...process.env, ORTHANT_RUNS: at('runs') };

beforeAll(() => {
  buildCode();
  writeTable(at('table.csv'));
});
afterAll(() => {
  folder.remove();
});

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Started {
  readonly process: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [builtFile('cli.js'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const outcome = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, out, err });
    });
  });
  return { process: child, outcome };
}

const orthant = (...args: string[]): Promise<Outcome> => start(...args).outcome;

/** A short training on the table above, on the WASM engine, which starts faster, unless `more` chooses another. */
const training = (out: string, epochs: number, ...more: string[]): string[] =>
  ['train', '--data', at('table.csv'), '--targets', 'y', '--hidden', '8,8', '--batch', '16'].concat(
    [
      '--method',
      'augmented-lagrangian',
      '--seed',
      '3',
      '--epochs',
      String(epochs),
      '--early-stopping',
      '0',
      '--out',
      at(out),
      '--json',
      '--engine',
      'wasm',
    ],
    more,
  );

function resultOf({ code, out, err }: Outcome, expected = 0): TrainingResult {
  expect({ code, err: code === expected ? '' : err }).toEqual({ code: expected, err: '' });
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  return trainingResultSchema.parse(JSON.parse(lines[0]!));
}

const record = (out: string): RunRecord => runRecordSchema.parse(JSON.parse(readFileSync(at(out, 'run.json'), 'utf8')));

/** Everything a run has computed: its metrics without times, and its model. */
function numbersOf(out: string): unknown {
  const lines = readFileSync(at(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const metrics = lines.map((line) => {
    const { seconds, ...rest } = JSON.parse(line) as EpochMetrics;
    expect(seconds).toBeGreaterThanOrEqual(0);
    return rest;
  });
  const model = JSON.parse(readFileSync(at(out, 'model.onnx.json'), 'utf8')) as { graph: { initializer: unknown } };
  return { metrics, weights: model.graph.initializer };
}

const lockedBy = (out: string): number | undefined =>
  existsSync(at(out, 'run.json')) ? record(out).lock?.pid : undefined;

const hasCheckpoint = (out: string): boolean =>
  existsSync(at(out, 'checkpoints')) && readdirSync(at(out, 'checkpoints')).some((name) => /^\d+$/.test(name));

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 50_000, interval: 20 });

test('a run continues if the reader of its progress stops', async () => {
  const { process: child, outcome } = start(...training('unwatched', 40));
  child.stderr?.once('data', () => child.stderr?.destroy());
  const { code, out } = await outcome;
  expect(code).toBe(0);
  expect(trainingResultSchema.parse(JSON.parse(out)).epochs).toBe(40);
});

describe.each(testEngines)('on %s', (engine) => {
  test('trains, exports, predicts', async () => {
    const out = `first-${engine}`;
    const result = resultOf(await orthant(...training(out, 5, '--engine', engine)));
    expect(result).toMatchObject({
      engine,
      epochs: 5,
      steps: 20,
      stopped: 'finished',
      run: at(out),
      method: 'augmented-lagrangian',
    });
    expect(result.splits.train?.rows).toBe(64);
    expect(result.export?.maxRelativeDifference).toBeLessThan(1e-4);
    expect(record(out)).toMatchObject({ state: 'finished', result: { steps: 20 } });
    expect(record(out).lock).toBeUndefined();

    const [folderPrediction, filePrediction] = await Promise.all(
      [at(out), result.files!.onnx].map((model) => orthant('predict', model, '--data', at('table.csv'), '--json')),
    );
    expect(folderPrediction!.code).toBe(0);
    expect(filePrediction!.out).toBe(folderPrediction!.out);
    const predicted = JSON.parse(folderPrediction!.out) as { rows: number; minimum: number[] };
    expect(predicted.rows).toBe(80);
    const lowest = Math.min(...Object.values(result.splits).map((split) => split.outputs[0]!.minimum));
    expect(predicted.minimum[0]).toBeCloseTo(lowest, 4);
  });

  // A compiled epoch is a tenth as long.
  const executions = [
    { execution: 'eager', epochs: 150 },
    ...(engine === 'wasm' ? [] : [{ execution: 'xla', epochs: 1500 }]),
  ];
  test.each(executions)(
    'stopped by Ctrl-C and resumed, killed and resumed: the same numbers as without, bit for bit: $execution',
    async ({ execution, epochs }) => {
      const name = (out: string): string => `${out}-${engine}-${execution}`;
      const begin = (out: string): Started =>
        start(...training(name(out), epochs, '--engine', engine, '--execution', execution));
      const expectExecution = (result: TrainingResult): void => {
        expect(result.execution).toBe(execution);
        expect(result.phases.compile).toBeGreaterThanOrEqual(execution === 'xla' ? 0.01 : 0);
      };
      const whole = async (): Promise<void> => {
        const outcome = await begin('whole').outcome;
        expectExecution(resultOf(outcome));
        expect(outcome.err.includes('Compiling the training step ...')).toBe(execution === 'xla');
      };

      const stopAndResume = async (): Promise<void> => {
        const stopped = begin('stopped');
        await soon(() => {
          expect(hasCheckpoint(name('stopped'))).toBe(true);
        });
        stopped.process.kill('SIGINT');
        const outcome = await stopped.outcome;
        const result = resultOf(outcome, 130);
        expect(result.stopped).toBe('by-request');
        expect(result.epochs).toBeLessThan(epochs);
        expect(outcome.err).toContain(`orthant resume ${at(name('stopped'))}`);
        expect(record(name('stopped')).state).toBe('stopped');
        expectExecution(resultOf(await orthant('resume', at(name('stopped')), '--json')));
      };
      const killAndResume = async (): Promise<void> => {
        const killed = begin('killed');
        await soon(() => {
          expect(hasCheckpoint(name('killed'))).toBe(true);
        });
        process.kill(lockedBy(name('killed'))!, 'SIGKILL');
        const crash = await killed.outcome;
        expect(crash.code).toBe(1);
        expect(crash.out).toBe('');
        expect(crash.err).toMatch(/The engine process ended unexpectedly \(killed by SIGKILL.*orthant resume/);
        expectExecution(resultOf(await orthant('resume', at(name('killed')), '--json')));
      };
      await Promise.all([whole(), stopAndResume(), killAndResume()]);
      expect(numbersOf(name('stopped'))).toEqual(numbersOf(name('whole')));
      expect(numbersOf(name('killed'))).toEqual(numbersOf(name('whole')));
    },
    180_000,
  );
});

test('the stack of an error is shown on request', async () => {
  const missing = ['train', '--data', at('missing.csv'), '--targets', 'y', '--out', at('failed')];
  expect((await orthant(...missing, '--debug')).err).toMatch(/\n\s+at /);
});

test('a folder that holds a run is not changed', async () => {
  resultOf(await orthant(...training('taken', 2)));
  const before = readFileSync(at('taken', 'run.json'), 'utf8');
  const again = await orthant(...training('taken', 3));
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toMatch(/already holds another run.*orthant resume/);
  expect(readFileSync(at('taken', 'run.json'), 'utf8')).toBe(before);
});

test('a document and a run folder repeat a run; options override them', async () => {
  // The file is replaced, not overwritten, so that a concurrent reader sees it complete.
  writeFileSync(at('study.orthant'), 'before');
  linkSync(at('study.orthant'), at('before.orthant'));
  resultOf(await orthant(...training('original', 4, '--save-config', at('study.orthant'))));
  const document = runConfigurationSchema.parse(JSON.parse(readFileSync(at('study.orthant'), 'utf8')));
  expect(readFileSync(at('before.orthant'), 'utf8')).toBe('before');
  expect(document).toMatchObject({ data: { missing: 'auto' }, training: { epochs: 4, weightDecay: 'auto' } });
  resultOf(await orthant('train', '--config', at('study.orthant'), '--out', at('copy'), '--json'));
  resultOf(await orthant('train', '--config', at('original'), '--out', at('repeat'), '--json'));
  expect(numbersOf('copy')).toEqual(numbersOf('original'));
  expect(numbersOf('repeat')).toEqual(numbersOf('original'));
  const other = ['--seed', '4', '--method', 'penalty', '--set', 'alpha=7', '--epsilon', 'y=0.001'];
  resultOf(await orthant('train', '--config', at('study.orthant'), ...other, '--out', at('other'), '--json'));
  expect(record('other').configuration).toMatchObject({
    training: { seed: 4, epochs: 4 },
    constraint: { epsilon: { y: 0.001 }, method: { id: 'penalty', settings: { alpha: 7 } } },
  });
  expect(numbersOf('other')).not.toEqual(numbersOf('original'));
});

test(
  'what is not named is chosen for the table and recorded; repeating the record gives the same bits',
  { timeout: 120_000 },
  async () => {
    const chosenFor = async (out: string, ...args: string[]): Promise<TrainingResult> => {
      const quick = ['--engine', 'wasm', '--hidden', '2', '--early-stopping', '1', '--out', at(out), '--json'];
      return resultOf(await orthant('train', ...args, ...quick));
    };
    const data = ['--data', at('table.csv'), '--targets', 'y'];
    const document = { data: { source: { kind: 'file', path: at('table.csv') } }, training: { epochs: 3 } };
    writeFileSync(at('three.orthant'), JSON.stringify(document));
    // 64 training rows of 80; without the others, all 80: one step per epoch, or five of 16 rows.
    const [byRows, ...others] = await Promise.all([
      chosenFor('by-rows', ...data, '--save-config', at('by-rows.orthant')),
      chosenFor('by-batch', ...data, '--batch', '16', '--validation', '0', '--test', '0'),
      chosenFor('named', ...data, '--epochs', '3', '--weight-decay', '0.1', '--missing', 'drop', '--method', 'none'),
      chosenFor('asked-again', '--config', at('three.orthant'), '--targets', 'y', '--epochs', 'auto'),
    ]);
    expect(byRows.chosen).toMatchObject({ epochs: 1000, weightDecay: 0, missing: 'own-category' });
    expect(byRows.chosen?.method).toBe(byRows.method);
    expect(others.map(({ chosen }) => chosen?.epochs)).toEqual([400, undefined, 1000]);
    expect(others[1].chosen).toEqual({});
    expect(byRows.epochs).toBeLessThan(1000);

    const { configuration, chosen, result, name } = record('by-rows');
    expect({ chosen, method: result?.chosen?.method }).toEqual({ chosen: byRows.chosen, method: byRows.method });
    expect(name).toMatch(/^table\.csv, ./);
    expect(configuration).toMatchObject({
      data: { missing: 'own-category' },
      constraint: { method: { id: byRows.method } },
      training: { epochs: 1000, weightDecay: 0, earlyStopping: 1 },
    });
    const saved = runConfigurationSchema.parse(JSON.parse(readFileSync(at('by-rows.orthant'), 'utf8')));
    expect(saved).toMatchObject({ constraint: { method: { id: 'auto' } }, training: { epochs: 'auto' } });

    const repeated = resultOf(
      await orthant('train', '--config', at('by-rows'), '--out', at('by-rows-again'), '--json'),
    );
    expect(repeated.chosen).toEqual({});
    expect(record('by-rows-again').configuration).toEqual(configuration);
    expect(numbersOf('by-rows-again')).toEqual(numbersOf('by-rows'));
  },
);

test('a run whose data have changed is not resumed', async () => {
  const file = writeTable(at('changing.csv'));
  const run = start(...training('changed', 5000, '--data', file));
  await soon(() => {
    expect(hasCheckpoint('changed')).toBe(true);
  });
  run.process.kill('SIGINT');
  resultOf(await run.outcome, 130);
  const stopped = record('changed');
  writeFileSync(file, `${readFileSync(file, 'utf8')}0,0,red,1\n`);
  const resumed = await orthant('resume', at('changed'));
  expect(resumed.code).toBe(1);
  expect(resumed.err).toMatch(/changing\.csv has changed since the run began/);
  // The attempt has changed nothing: the result of the stopped run still exists.
  const after = record('changed');
  expect({ ...after, updated: stopped.updated }).toEqual(stopped);
  expect(existsSync(at('changed', 'model.onnx'))).toBe(true);
});

test('a second Ctrl-C ends at once; the run is listed as interrupted; no engine is left', async () => {
  const args = training('twice', 5000).filter((arg, i, all) => arg !== '--out' && all[i - 1] !== '--out');
  const run = start(...args);
  let folderName = '';
  await soon(() => {
    folderName = readdirSync(at('runs'))[0]!;
    expect(hasCheckpoint(path.join('runs', folderName))).toBe(true);
  });
  const engine = lockedBy(path.join('runs', folderName))!;
  process.kill(engine, 'SIGSTOP');
  run.process.kill('SIGINT');
  await soon(() => {
    expect(isAlive(run.process.pid!)).toBe(true);
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  run.process.kill('SIGINT');
  const { code, err } = await run.outcome;
  expect(code).toBe(130);
  expect(err).toMatch(/Press Ctrl-C again.*\n.*Ended at once.*orthant resume/);
  await soon(() => {
    expect(isAlive(engine)).toBe(false);
  });
  const listed = await orthant('runs', '--json');
  const [only] = runSummarySchema.array().parse(JSON.parse(listed.out));
  expect(only).toMatchObject({ run: at('runs', folderName), state: 'interrupted', method: 'augmented-lagrangian' });
  expect((await orthant('runs')).out).toContain('interrupted');
});

test('the message for a run that was ended before its first checkpoint mentions no checkpoint', async () => {
  const out = 'early';
  const run = start(...training(out, 5000));
  // After the run has its folder, long before a checkpoint.
  await new Promise<void>((resolve) => {
    run.process.stderr!.on('data', (text: string) => {
      if (text.includes('Reading')) resolve();
    });
  });
  process.kill(lockedBy(out)!, 'SIGSTOP');
  expect(hasCheckpoint(out)).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 200));
  run.process.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 200));
  run.process.kill('SIGINT');
  const { err } = await run.outcome;
  expect(err).toMatch(/Ended at once\. It had no checkpoint yet\. To start it again: orthant resume/);
});

test('the engine ends when the command line is killed', async () => {
  const run = start(...training('orphan', 5000));
  await soon(() => {
    expect(hasCheckpoint('orphan')).toBe(true);
  });
  const engine = lockedBy('orphan')!;
  run.process.kill('SIGKILL');
  await soon(() => {
    expect(isAlive(engine)).toBe(false);
  });
});

test('the other commands answer as text and as JSON', async () => {
  for (const args of [['methods'], ['methods', 'penalty'], ['doctor'], ['--help'], ['train', '--help']]) {
    const { code, out, err } = await orthant(...args);
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
    expect(out.length).toBeGreaterThan(100);
  }
  const inspection = JSON.parse((await orthant('inspect', at('table.csv'), '--json')).out) as { rows: number };
  expect(inspection.rows).toBe(80);
  const methods = JSON.parse((await orthant('methods', '--json')).out) as { id: string }[];
  expect(methods.map(({ id }) => id)).toContain('non-negative-last-layer');
  expect((await orthant('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await orthant('train', '--help')).out).toMatch(/Examples:\n {2}\$ orthant train --sample ink/);
});

test('export writes each format and refuses a folder that is not a run', async () => {
  resultOf(await orthant(...training('exported', 2)));
  const [onnx, safetensors, none] = await Promise.all([
    orthant('export', at('exported'), '--format', 'onnx', '--out', at('exported-file.onnx'), '--json'),
    orthant('export', at('exported'), '--format', 'safetensors', '--out', at('exported-file.safetensors')),
    orthant('export', at('nothing'), '--format', 'onnx', '--out', at('nothing.onnx')),
  ]);
  expect([onnx.code, safetensors.code, none.code]).toEqual([0, 0, 1]);
  expect(readFileSync(at('exported-file.onnx'))).toEqual(readFileSync(at('exported', 'model.onnx')));
  expect(existsSync(at('exported-file.safetensors'))).toBe(true);
  expect(none.err).toMatch(/There is no folder/);
});
