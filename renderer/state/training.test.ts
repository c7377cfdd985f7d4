import { describe, expect, it, vi } from 'vitest';
import { serve, type Handlers } from '../../native/contract/channel.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import { windowCalls, type WindowEvent } from '../../native/contract/window.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { fakeMetrics, fakeResult } from '../testing/fakeTraining.ts';
import { linkedPorts } from '../testing/linkedPorts.ts';
import { Connection } from './connection.svelte.ts';
import { RunTrace } from './trace.svelte.ts';
import { Training } from './training.svelte.ts';

const run = '/runs/1';
const configuration = fakeConfiguration('ink');
const metrics = (epoch: number) => fakeMetrics(configuration, ['a'], epoch);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));

async function connected(handlers: Partial<Handlers<typeof windowCalls>>) {
  const ports = linkedPorts();
  const record = {
    format: 1 as const,
    id: '1',
    name: 'ink',
    created: new Date(0).toISOString(),
    updated: new Date(0).toISOString(),
    state: 'training' as const,
    configuration,
    changes: [],
    versions: { orthant: '0', node: '0', platform: 'x' },
  };
  const stored = { runRecord: () => record, runMetrics: () => [], runCheckpoints: () => [] };
  const served = serve(ports.host, windowCalls, { ...stored, ...handlers });
  const connection = new Connection(() => ports.window);
  await connection.open();
  return {
    connection,
    training: new Training(connection),
    emit: (...events: WindowEvent[]) => {
      served.emit(events);
    },
    ports,
    record,
  };
}

describe('Training', () => {
  it('follows a run from its start to its result', async () => {
    const { training, emit } = await connected({ start: () => ({ run }) });
    const changed = vi.fn();
    training.onRunsChanged(changed);
    await training.start(configuration);
    expect(training.current?.run).toBe(run);
    expect(training.shown).toBe(training.current);
    emit(
      { event: 'phase', run, state: 'training', message: 'training' },
      { event: 'metrics', run, metrics: metrics(1) },
    );
    emit({ event: 'metrics', run, metrics: metrics(2) }, { event: 'checkpoint', run, epoch: 2, step: 250 });
    await settled();
    expect(training.current?.latest?.epoch).toBe(2);
    expect(training.current?.name).toBe('ink');
    expect(training.current?.marks).toContainEqual({ kind: 'checkpoint', epoch: 2, label: 'checkpoint' });
    emit({ event: 'finished', run, result: fakeResult(configuration, metrics(2), run) });
    await settled();
    expect(training.current?.active).toBe(false);
    expect(changed).toHaveBeenCalled();
  });

  it('takes many epochs at once when they come quickly, and all of them before the end', async () => {
    const { training, emit } = await connected({ start: () => ({ run }) });
    await training.start(configuration);
    emit({ event: 'phase', run, state: 'training', message: 'training' });
    await settled();
    const trace = training.current;
    const taken = vi.spyOn(trace ?? new RunTrace(run), 'takeMetrics');
    for (let epoch = 1; epoch <= 30; epoch += 1) emit({ event: 'metrics', run, metrics: metrics(epoch) });
    await vi.waitFor(() => {
      expect(trace?.metrics.map((line) => line.epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    });
    expect(taken.mock.calls.length).toBeLessThan(15);
    emit(
      { event: 'metrics', run, metrics: metrics(31) },
      { event: 'metrics', run, metrics: metrics(32) },
      { event: 'finished', run, result: fakeResult(configuration, metrics(32), run) },
    );
    await vi.waitFor(() => {
      expect(trace?.state).toBe('finished');
    });
    expect(trace?.metrics).toHaveLength(32);
  });

  it('keeps why a command failed', async () => {
    const { training } = await connected({
      start: () => {
        throw new OrthantError('data', 'No such target.', { field: 'data.columns' });
      },
    });
    expect(await training.start(configuration)).toBeUndefined();
    expect(training.error).toMatchObject({ code: 'data', message: 'No such target.', field: 'data.columns' });
    expect(training.busy).toBe(false);
  });

  it('lets a second run wait, and takes it as the current one when it begins', async () => {
    let number = 0;
    const { training, emit } = await connected({ start: () => ({ run: `/runs/${(number += 1)}` }) });
    await training.start(configuration);
    emit({ event: 'phase', run, state: 'training', message: '' });
    await settled();
    await training.start(configuration, false);
    expect(training.current?.run).toBe(run);
    expect(training.shown?.run).toBe(run);
    expect(training.queued).toEqual(['/runs/2']);
    emit(
      { event: 'finished', run, result: fakeResult(configuration, metrics(1), run) },
      { event: 'phase', run: '/runs/2', state: 'preparing', message: '' },
    );
    await settled();
    expect(training.current?.run).toBe('/runs/2');
    expect(training.queued).toEqual([]);
  });

  it('says what happened when the engine ends, and which run can be resumed', async () => {
    const { training, emit } = await connected({ start: () => ({ run }), resumeRun: () => ({ run }) });
    await training.start(configuration);
    emit(
      { event: 'phase', run, state: 'training', message: '' },
      { event: 'engine', role: 'train', state: 'crashed', message: 'Killed.', run },
    );
    await settled();
    expect(training.crash).toEqual({ message: 'Killed.', run });
    expect(training.current?.active).toBe(false);
    await training.resumeRun(run);
    expect(training.crash).toBeUndefined();
    expect(training.current?.active).toBe(true);
  });

  it('finds the run at work after a reload', async () => {
    const { training } = await connected({
      status: () => ({ current: run, state: 'paused', queued: [] }),
      runMetrics: () => [metrics(1), metrics(2)],
      runCheckpoints: () => [
        { epoch: 1, step: 125 },
        { epoch: 2, step: 250 },
      ],
    });
    await training.findCurrent();
    expect(training.current?.state).toBe('paused');
    expect(training.shown?.metrics).toHaveLength(2);
    expect(training.shown?.checkpoints).toEqual([1, 2]);
  });
});

describe('RunTrace', () => {
  it('has every epoch once, also when a resumed run goes through some again', () => {
    const trace = new RunTrace(run);
    trace.takeMetrics([metrics(1), metrics(2), metrics(3)]);
    trace.takeMetrics([metrics(2)]);
    trace.takeMetrics([metrics(4)]);
    expect(trace.metrics.map((line) => line.epoch)).toEqual([1, 2, 3, 4]);
  });

  it('keeps the live objective short and rising', () => {
    const trace = new RunTrace(run);
    const steps = 12_000;
    for (let step = 0; step < steps; step += 1)
      trace.take([{ event: 'progress', run, epoch: 1, epochs: 10, step, steps, objective: 1, secondsLeft: 1 }]);
    trace.take([{ event: 'progress', run, epoch: 1, epochs: 10, step: 5, steps, objective: 1, secondsLeft: 1 }]);
    const { x } = trace.objective;
    expect(x.length).toBeLessThanOrEqual(4001);
    expect(x.every((value, index) => index === 0 || value > (x[index - 1] ?? 0))).toBe(true);
    expect(x.at(-1)).toBeCloseTo(10, 2);
  });
});

describe('Connection', () => {
  it('opens again after a break, and says so', async () => {
    const first = linkedPorts();
    const second = linkedPorts();
    const lines = [first, second];
    for (const { host } of lines) serve(host, windowCalls, { status: () => ({ queued: [] }) });
    const connection = new Connection(() => lines.shift()?.window ?? second.window);
    const opened = vi.fn();
    connection.onOpen(opened);
    await connection.open();
    const waiting = connection.call('runs', {}).catch((error: unknown) => error);
    first.cut();
    expect(connection.status).toBe('lost');
    expect(await waiting).toMatchObject({ name: 'OrthantError' });
    await expect(connection.call('status', {})).rejects.toMatchObject({ code: 'crashed' });
    await vi.waitFor(() => {
      expect(connection.status).toBe('open');
    });
    expect(opened).toHaveBeenCalledTimes(2);
    await expect(connection.call('status', {})).resolves.toEqual({ queued: [] });
  });
});
