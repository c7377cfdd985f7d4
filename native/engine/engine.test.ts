import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { constants, getPriority } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunConfigurationInput } from '../contract/configuration.ts';
import { engineCalls, type EngineCallName } from '../contract/engine.ts';
import { OrthantError } from '../contract/errors.ts';
import type { TrainingResult } from '../contract/results.ts';
import { RunFolder } from '../runs/folder.ts';
import { hasTensorflow } from '../tensorflow/testEngines.ts';
import {
  buildCode,
  builtFile,
  startEngine,
  temporaryFolder,
  writeTable,
  type TestEngine,
} from './testing/builtEngine.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder.path, ...names);
const engines: TestEngine[] = [];
const start = (...args: Parameters<typeof startEngine>): TestEngine => {
  const [role, env, ...rest] = args;
  const engine = startEngine(role, { ORTHANT_RUNS: at('runs'), ...env }, ...rest);
  engines.push(engine);
  return engine;
};

beforeAll(() => {
  buildCode();
  writeTable(at('table.csv'));
});
afterEach(async () => {
  for (const engine of engines.splice(0)) {
    engine.process.kill('SIGKILL');
    await engine.ended;
  }
});
afterAll(() => {
  folder.remove();
});

/** Uses the WASM engine, which is always available. */
const configuration = (epochs: number, more: Partial<RunConfigurationInput> = {}): RunConfigurationInput => ({
  data: { source: { kind: 'file', path: at('table.csv') }, columns: { y: { role: 'target' } } },
  network: { hidden: [8, 8] },
  training: { epochs, batchSize: 16, earlyStopping: 0, seed: 5 },
  runtime: { engine: 'wasm' },
  ...more,
});

const failure = async (promise: Promise<unknown>): Promise<OrthantError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OrthantError);
  return error as OrthantError;
};

describe('the two roles', () => {
  test('each answers its calls and none of the other', async () => {
    for (const role of ['data', 'train'] as const) {
      const engine = start(role);
      for (const [name, declaration] of Object.entries(engineCalls)) {
        if (declaration.role === role) continue;
        // A call of the other role is refused before its request is parsed.
        const error = await failure(engine.call(name as 'samples', {}));
        expect(error.message).toBe(`This process has no call named "${name}".`);
      }
    }
  });

  test('every call of a role has a handler, and a request of a wrong shape never reaches it', async () => {
    for (const role of ['data', 'train'] as const) {
      const engine = start(role);
      for (const [name, declaration] of Object.entries(engineCalls)) {
        if (declaration.role !== role) continue;
        const error = await failure(engine.call(name as EngineCallName, { nonsense: true } as never));
        expect({ name, code: error.code }).toEqual({ name, code: 'usage' });
        expect(error.message).toContain(`The request of "${name}"`);
      }
    }
  });

  test('the data role shows a table, its samples and its methods', async () => {
    const data = start('data');
    const table = { source: { kind: 'file' as const, path: at('table.csv') } };
    expect((await data.call('inspect', table)).rows).toBe(80);
    const page = await data.call('rows', { ...table, offset: 78, limit: 10 });
    expect(page).toMatchObject({ columns: ['a', 'b', 'kind', 'y'], offset: 78, total: 80 });
    expect(page.rows).toHaveLength(2);
    const { counts } = await data.call('histogram', { ...table, column: 'y', bins: 7 });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(80);
    const { data: settings } = configuration(1);
    expect((await data.call('prepare', { data: settings })).split).toEqual({ train: 64, validation: 8, test: 8 });
    const { id } = (await data.call('samples', {}))[0]!;
    expect((await data.call('sampleConfiguration', { id })).data.source).toEqual({ kind: 'sample', id });
    expect((await data.call('methods', {})).length).toBeGreaterThan(5);
    expect(await data.call('trainEnvironment', { engine: 'wasm' })).toEqual({});
  });

  test('an inconsistent configuration is refused before its data is read', async () => {
    const data = start('data');
    const wrong = configuration(1, {
      data: { source: { kind: 'file', path: '/nowhere.csv' } },
      constraint: { method: { id: 'penalty', settings: { alpha: -1 } } },
    });
    expect(await failure(data.call('check', { configuration: wrong }))).toMatchObject({
      code: 'configuration',
      field: 'constraint.method.settings.alpha',
    });
    expect(await data.call('check', { configuration: configuration(1) })).toEqual([]);
  });
});

describe('training', () => {
  test('status is answered at once, one run trains while the others wait, a waiting one is cancelled', async () => {
    const train = start('train');
    expect(await train.call('status', {})).toEqual({ queued: [] });
    const first = await train.call('start', { configuration: configuration(3000), out: at('queue-1') });
    const second = await train.call('start', { configuration: configuration(2), out: at('queue-2') });
    const third = await train.call('start', { configuration: configuration(2), out: at('queue-3') });
    expect(await train.call('status', {})).toMatchObject({ current: first.run, queued: [second.run, third.run] });
    expect(RunFolder.open(third.run).read().state).toBe('queued');
    await train.call('stop', { run: second.run });
    expect((await train.call('status', {})).queued).toEqual([third.run]);
    expect(existsSync(second.run)).toBe(false);
    // A waiting run whose folder was removed is cancelled too.
    const removed = await train.call('start', { configuration: configuration(2), out: at('queue-4') });
    rmSync(removed.run, { recursive: true });
    await train.call('stop', { run: removed.run });
    await train.until((event) => event.event === 'failed' && event.run === removed.run);
    await train.until((event) => event.event === 'metrics' && event.run === first.run);
    // Another library is not loaded during an active run.
    await train.call('load', { engine: 'tensorflow' });
    await train.call('stop', { run: first.run });
    const end = await train.until((event) => event.event === 'finished' && event.run === third.run);
    expect(end).toMatchObject({ result: { epochs: 2, stopped: 'finished' } });
    const kinds = train.events.map((event) => `${event.event} ${path.basename(event.run)}`);
    expect(kinds.indexOf('finished queue-1')).toBeLessThan(kinds.indexOf('metrics queue-3'));
    expect(kinds).toContain('failed queue-2');
    expect(await train.call('status', {})).toEqual({ queued: [] });
  });

  test('while no window is watching, metrics stay in the run folder; when one is again, none are missing', async () => {
    const train = start('train');
    await train.call('setWatched', { watched: false });
    const { run } = await train.call('start', { configuration: configuration(3000), out: at('unwatched') });
    await train.until((event) => event.event === 'checkpoint' && event.epoch > 0);
    expect(train.events.some((event) => event.event === 'metrics')).toBe(false);
    await train.call('setWatched', { watched: true });
    const kept = RunFolder.open(run).readMetrics().length;
    expect(kept).toBeGreaterThan(0);
    await train.until((event) => event.event === 'metrics');
    await train.call('stop', { run });
    await train.until((event) => event.event === 'finished');
    const epochs = train.events.flatMap((event) => (event.event === 'metrics' ? [event.metrics.epoch] : []));
    const all = RunFolder.open(run)
      .readMetrics()
      .map(({ epoch }) => epoch);
    // The metrics in the folder when the call was answered and those of later events are all metrics.
    expect([...all.slice(0, kept), ...epochs.filter((epoch) => epoch > kept)]).toEqual(all);
  });

  test('pause, predictions, one epoch, a change, and its replay when the run is repeated', async () => {
    const train = start('train');
    const { run } = await train.call('start', { configuration: configuration(3000), out: at('paused') });
    expect((await failure(train.call('resume', { run }))).message).toMatch(/not paused/);
    await train.until((event) => event.event === 'metrics');
    await train.call('pause', { run });
    expect(await train.call('status', {})).toMatchObject({ current: run, state: 'paused' });
    expect(RunFolder.open(run).read().state).toBe('paused');
    const { step } = RunFolder.open(run).readLastCheckpoint()!;

    const predicted = await train.call('predictions', { run, split: 'test' });
    expect(predicted.rows).toHaveLength(8);
    const worst = await train.call('worstRows', { run, target: 'y', limit: 80 });
    const values = worst.rows.map(({ prediction }) => prediction[0]!);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(new Set(worst.rows.map(({ row }) => row)).size).toBe(80);
    const texts = readFileSync(at('table.csv'), 'utf8').split('\n');
    for (const { row, target } of worst.rows) expect(target[0]).toBeCloseTo(Number(texts[row]!.split(',')[3]), 5);

    await train.call('oneEpoch', { run, change: { learningRate: 0.002 } });
    const paused = (): number => train.events.filter((e) => e.event === 'phase' && e.state === 'paused').length;
    await train.until((event) => event.event === 'phase' && event.state === 'paused' && paused() === 2);
    const next = RunFolder.open(run).readLastCheckpoint()!;
    expect(next.step).toBeGreaterThan(step);
    expect(next.step % 4).toBe(0);

    expect((await failure(train.call('resume', { run, change: { methodSettings: { c: 'x' } } }))).code).toBe(
      'configuration',
    );
    await train.call('resume', { run, change: { epochs: next.epoch + 2, learningRate: 0.0005 } });
    const end = await train.until((event) => event.event === 'finished');
    expect(end).toMatchObject({ result: { epochs: next.epoch + 2, stopped: 'finished' } });
    const { changes } = RunFolder.open(run).read();
    expect(changes).toEqual([
      { step, learningRate: 0.002 },
      { step: next.step, epochs: next.epoch + 2, learningRate: 0.0005 },
    ]);

    const repeat = await train.call('start', { configuration: configuration(3000), changes, out: at('repeated') });
    await train.until((event) => event.event === 'finished' && event.run === repeat.run);
    const numbers = (from: string): unknown =>
      RunFolder.open(from)
        .readMetrics()
        .map((metrics) => ({ ...metrics, seconds: 0 }));
    expect(numbers(repeat.run)).toEqual(numbers(run));
  });

  test('a finished run predicts: its predictions agree with its report, one typed row, unseen categories', async () => {
    const train = start('train');
    const { run } = await train.call('start', { configuration: configuration(30), out: at('asked') });
    const end = await train.until((event) => event.event === 'finished');
    const { result } = end as Extract<typeof end, { event: 'finished' }>;
    const { rows } = await train.call('predictions', { run, split: 'train' });
    const lowest = Math.min(...rows.map(({ prediction }) => prediction[0]!));
    expect(lowest).toBe(result.splits.train!.outputs[0]!.minimum);
    const squares = rows.reduce((sum, { target, prediction }) => sum + (target[0]! - prediction[0]!) ** 2, 0);
    expect(Math.sqrt(squares / rows.length)).toBeCloseTo(result.splits.train!.outputs[0]!.rmse, 6);

    const [a, b, kind] = readFileSync(at('table.csv'), 'utf8').split('\n')[rows[0]!.row]!.split(',');
    const values = { a: Number(a), b: Number(b), kind: kind! };
    const typed = await train.call('predictRow', { model: run, values });
    expect(typed.prediction[0]).toBeCloseTo(rows[0]!.prediction[0]!, 4);
    expect(typed.unseen).toEqual([]);
    expect((await train.call('predictRow', { model: run, values: { ...values, kind: 'pink' } })).unseen).toEqual([
      'kind',
    ]);
    expect((await failure(train.call('predictRow', { model: run, values: { b: 1, kind: 'red' } }))).code).toBe('data');

    writeFileSync(at('new.csv'), 'kind,b,a\nred,0.5,0.1\npink,0.1,0.2\nblue,,0.3\n');
    const table = { source: { kind: 'file' as const, path: at('new.csv') } };
    const answer = await train.call('predict', { model: run, table, out: at('new-predictions.csv') });
    expect(answer).toMatchObject({
      targets: ['y'],
      rows: 2,
      unseen: { kind: ['pink'] },
      file: at('new-predictions.csv'),
    });
    expect(answer.skipped.map(({ rows: count }) => count)).toEqual([1]);
    const lines = readFileSync(at('new-predictions.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('row,y');
    expect(answer.predictions.map(({ row }) => row)).toEqual([1, 2]);
    expect(lines[1]).toBe(`1,${answer.predictions[0]!.prediction[0]!}`);
    expect(lines[3]).toBe('3,');

    writeFileSync(at('bad.csv'), 'kind,b,a\nred,0.5,0.1\nred,0.5\nblue,0.2,0.3\n');
    const bad = { source: { kind: 'file' as const, path: at('bad.csv') } };
    expect(await failure(train.call('predict', { model: run, table: bad }))).toMatchObject({ field: 'skipBadRows' });
    const without = await train.call('predict', { model: run, table: { ...bad, skipBadRows: true } });
    expect(without.rows).toBe(2);
    expect(without.skipped).toEqual([{ rows: 1, reason: expect.stringContaining('could not be read') as string }]);
  });

  test.skipIf(!hasTensorflow)(
    'the execution of steps is reported, recorded, and kept when a run is resumed',
    async () => {
      const train = start('train');
      const of = (execution: 'auto' | 'xla'): RunConfigurationInput =>
        configuration(3000, { runtime: { engine: 'tensorflow', device: 'cpu', execution } });
      /** Trains until stopped; returns the result and the events. */
      const stopped = async (
        begin: () => Promise<{ run: string }>,
      ): Promise<{ run: string; result: TrainingResult; phases: string[]; warnings: string }> => {
        train.events.splice(0);
        const { run } = await begin();
        await train.until((event) => event.event === 'metrics');
        await train.call('stop', { run });
        const end = await train.until((event) => event.event === 'finished');
        const { result } = end as Extract<typeof end, { event: 'finished' }>;
        const phases = train.events.flatMap((event) => (event.event === 'phase' ? [event.message] : []));
        return { run, result, phases, warnings: result.warnings.map(({ message }) => message).join() };
      };
      const started = (execution: 'auto' | 'xla', out: string) =>
        stopped(() => train.call('start', { configuration: of(execution), out: at(out) }));
      const resumed = (run: string) => stopped(() => train.call('resumeRun', { run }));
      /** Changes the record of a run that XLA has executed to another execution. */
      const pretend = (run: string, execution: string): void => {
        const file = path.join(run, 'run.json');
        const record = JSON.parse(readFileSync(file, 'utf8')) as { versions: Record<string, string> };
        expect(record.versions.execution).toBe('xla');
        writeFileSync(file, JSON.stringify({ ...record, versions: { ...record.versions, execution } }));
      };
      const compiling = 'compiling the training step';

      const auto = await started('auto', 'carried');
      expect(auto).toMatchObject({ result: { execution: 'xla' }, warnings: '' });
      expect(auto.phases).toContain(compiling);
      expect(await resumed(auto.run)).toMatchObject({ result: { execution: 'xla' }, warnings: '' });
      pretend(auto.run, 'eager');
      const eager = await resumed(auto.run);
      expect(eager).toMatchObject({ result: { execution: 'eager' }, warnings: '' });
      expect(eager.phases).not.toContain(compiling);
      expect(eager.phases.join()).toContain('executing steps one operation at a time (the run started this way');

      const named = await started('xla', 'carried-named');
      pretend(named.run, 'graph');
      expect((await resumed(named.run)).warnings).toMatch(
        /began with steps as a TensorFlow graph, without XLA and resumes with steps compiled by XLA: its numbers will differ/,
      );
    },
    120_000,
  );

  test('a resumed run first reports its checkpoint, in case its process ends before the next one', async () => {
    const train = start('train');
    const { run } = await train.call('start', { configuration: configuration(3000), out: at('goes-on') });
    await train.until((event) => event.event === 'metrics');
    await train.call('stop', { run });
    await train.until((event) => event.event === 'finished');
    const { epoch, step } = RunFolder.open(run).readLastCheckpoint()!;
    train.events.splice(0);
    await train.call('resumeRun', { run });
    await train.until((event) => event.event === 'phase' && event.state === 'training');
    const first = train.events.findIndex((event) => event.event === 'checkpoint');
    expect(train.events[first]).toEqual({ event: 'checkpoint', run, epoch, step });
    expect(first).toBe(1);
    expect(train.events[0]).toMatchObject({ event: 'phase', state: 'preparing' });
  });

  test('an end that cannot be written is written when the folder allows it, and the run can be resumed', async () => {
    const train = start('train');
    const { run } = await train.call('start', { configuration: configuration(3000), out: at('unwritten') });
    await train.until((event) => event.event === 'metrics');
    // As on a full disk, the last write fails.
    const [record, aside] = [path.join(run, 'run.json'), at('aside.json')];
    renameSync(record, aside);
    mkdirSync(record);
    await train.call('stop', { run });
    const end = await train.until((event) => event.event === 'failed');
    expect(end).toMatchObject({ error: { code: 'file', message: expect.stringContaining('run.json') as string } });
    rmdirSync(record);
    renameSync(aside, record);
    expect(RunFolder.open(run).read().state).toBe('training');
    // Sent when the end is written, for lists of runs.
    await train.until((event) => event.event === 'phase' && event.state === 'failed');
    expect(RunFolder.open(run).read()).toMatchObject({ state: 'failed', error: { code: 'file' } });
    expect(RunFolder.open(run).read().lock).toBeUndefined();
    train.events.splice(0);
    await train.call('resumeRun', { run });
    await train.until((event) => event.event === 'metrics');
    expect(RunFolder.open(run).read().state).toBe('training');
    expect(RunFolder.open(run).read().error).toBeUndefined();
    await train.call('stop', { run });
    await train.until((event) => event.event === 'finished');
  });

  test('a stopped run resumes with what was chosen when it began, and still says so', async () => {
    const train = start('train');
    const { run } = await train.call('start', { configuration: configuration(3000), out: at('chosen') });
    await train.until((event) => event.event === 'metrics');
    const before = RunFolder.open(run).read();
    expect(Object.keys(before.chosen ?? {}).toSorted()).toEqual(['method', 'missing', 'weightDecay']);
    await train.call('stop', { run });
    await train.until((event) => event.event === 'finished');
    // As if the rules had chosen another value at that time.
    const chosen = { ...before.chosen, weightDecay: 0.125 };
    const { training } = before.configuration;
    RunFolder.open(run).update({
      chosen,
      configuration: { ...before.configuration, training: { ...training, weightDecay: 0.125 } },
    });
    train.events.splice(0);
    await train.call('resumeRun', { run });
    await train.until((event) => event.event === 'metrics');
    await train.call('stop', { run });
    const end = await train.until((event) => event.event === 'finished');
    expect(end).toMatchObject({ result: { chosen } });
    expect(RunFolder.open(run).read()).toMatchObject({ chosen, configuration: { training: { weightDecay: 0.125 } } });
  });

  test('a setting of a method needs the method, and a loss that a chosen method cannot serve is refused once it is known', async () => {
    const train = start('train');
    const constraint = { method: { id: 'auto', settings: { alpha: 1 } } };
    expect(await failure(train.call('start', { configuration: configuration(2, { constraint }) }))).toMatchObject({
      code: 'configuration',
      field: 'constraint.method.settings.alpha',
    });
    const training = { epochs: 2, loss: 'poisson' } as const;
    const { run } = await train.call('start', { configuration: configuration(2, { training }), out: at('poisson') });
    const end = await train.until((event) => event.event === 'failed');
    expect(end).toMatchObject({ run, error: { code: 'configuration', field: expect.any(String) as string } });
    expect(existsSync(run)).toBe(false);
  });

  test('of an engine that cannot be opened and a file that cannot be read, the engine is reported', async () => {
    const train = start('train', { ORTHANT_CACHE: at('no-tensorflow') });
    const data = { source: { kind: 'file' as const, path: at('nowhere.csv') } };
    const failed = async (engine: 'tensorflow' | 'wasm') => {
      const wrong = configuration(1, { data, runtime: { engine } });
      const { run } = await train.call('start', { configuration: wrong, out: at(`not-opened-${engine}`) });
      const end = await train.until((event) => event.event === 'failed' && event.run === run);
      expect(existsSync(run)).toBe(false);
      return end;
    };
    expect(await failed('tensorflow')).toMatchObject({ error: { code: 'engine' } });
    expect(await failed('wasm')).toMatchObject({ error: { code: 'file' } });
  });

  test('an active run cannot be resumed or deleted by another engine', async () => {
    const [train, other, data] = [start('train'), start('train'), start('data')];
    const { run } = await train.call('start', { configuration: configuration(3000), out: at('held') });
    await train.until((event) => event.event === 'metrics');
    expect((await failure(other.call('resumeRun', { run }))).message).toMatch(/Another process \(\d+\) is working/);
    expect((await failure(train.call('resumeRun', { run }))).message).toMatch(/is active already/);
    expect((await failure(data.call('deleteRun', { run }))).message).toMatch(/Stop it first/);
    expect((await data.call('renameRun', { run, name: 'renamed' })).state).toBe('training');
    await train.call('stop', { run });
    await train.until((event) => event.event === 'finished');
    expect(await data.call('runRecord', { run })).toMatchObject({ name: 'renamed', state: 'stopped' });
    const { binned } = await data.call('deleteRun', { run });
    expect(existsSync(run)).toBe(false);
    expect((await data.call('restoreRun', { binned })).run).toBe(run);
  });
});

test('the engine ends when its parent disconnects, and needs a parent to start', async () => {
  for (const role of ['data', 'train'] as const) {
    const engine = start(role);
    await engine.call(role === 'data' ? 'methods' : 'status', {});
    engine.process.disconnect();
    expect(await engine.ended).toBe(0);
  }
  const alone = spawnSync(process.execPath, [builtFile('engine.js'), '--role', 'data'], { encoding: 'utf8' });
  expect(alone.status).toBe(2);
  expect(alone.stderr).toMatch(/started by other programs/);
  const wrong = start('nobody' as never);
  expect(await wrong.ended).toBe(2);
});

test.skipIf(process.platform === 'win32')('in the background it has a lower priority, otherwise not', async () => {
  for (const [more, expected] of [
    [['--background'], Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL)],
    [[], getPriority()],
  ] as const) {
    const engine = start('train', {}, [], [...more]);
    await engine.call('status', {});
    expect(getPriority(engine.process.pid)).toBe(expected);
  }
});

test("the same entry answers over the port of Electron's utility process", async () => {
  // Electron's port, unlike Node's channel, delivers a message as the data of an event.
  const parentPort = `
    const send = process.send.bind(process);
    process.send = undefined;
    process.parentPort = {
      on: (name, listener) => process.on(name, name === 'message' ? (data) => listener({ data }) : listener),
      postMessage: (message) => send(message),
    };`;
  const preload = `data:text/javascript,${encodeURIComponent(parentPort)}`;
  const data = start('data', {}, ['--import', preload]);
  expect((await data.call('methods', {})).length).toBeGreaterThan(5);
  expect((await failure(data.call('runRecord', { run: at('nothing') }))).code).toBe('run');
});
