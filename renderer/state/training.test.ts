import { describe, expect, it, vi } from 'vitest';
import { serve, type Handlers } from '../../native/contract/channel.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import { windowCalls, type WindowEvent } from '../../native/contract/window.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { fakeMetrics, fakeResult } from '../testing/fakeTraining.ts';
import { linkedPorts } from '../testing/linkedPorts.ts';
import { recordOf } from '../testing/testedApp.ts';
import { Connection } from './connection.svelte.ts';
import { Engines } from './engines.svelte.ts';
import { RunTrace } from './trace.svelte.ts';
import { Training } from './training.svelte.ts';

const run = '/runs/1';
const configuration = fakeConfiguration('ink');
const metrics = (epoch: number) => fakeMetrics(configuration, ['a'], epoch);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));

async function connected(handlers: Partial<Handlers<typeof windowCalls>>) {
  const ports = linkedPorts();
  const record = recordOf(configuration, 'training');
  const stored = { runRecord: () => record, runMetrics: () => [], runCheckpoints: () => [] };
  const served = serve(ports.host, windowCalls, { ...stored, ...handlers });
  const connection = new Connection(() => ports.window);
  const engines = new Engines(connection);
  const training = new Training(connection, engines);
  await connection.open();
  return {
    connection,
    engines,
    training,
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
    training.runsChanged.add(changed);
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

  it('takes many epochs at once if they arrive quickly, and all of them before the end', async () => {
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

  it('refreshes the list when the end of a run is recorded after its event', async () => {
    const { training, emit } = await connected({ start: () => ({ run }) });
    await training.start(configuration);
    emit(
      { event: 'phase', run, state: 'training', message: 'training' },
      { event: 'failed', run, error: { code: 'file', message: 'The disk is full.' } },
    );
    await settled();
    const changed = vi.fn();
    training.runsChanged.add(changed);
    emit({ event: 'phase', run, state: 'failed', message: 'its end is recorded' });
    await settled();
    expect(changed).toHaveBeenCalledOnce();
    expect(training.current?.state).toBe('failed');
  });

  it('keeps why a command failed', async () => {
    const { training } = await connected({
      start: () => {
        throw new OrthantError('configuration', 'No such target.', { field: 'data.columns' });
      },
    });
    expect(await training.start(configuration)).toBeUndefined();
    expect(training.error).toMatchObject({ code: 'configuration', message: 'No such target.', field: 'data.columns' });
    expect(training.busy).toBe(false);
  });

  it('queues a second run, and makes it the current one when it starts', async () => {
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

  it('reports the end of the engine, and which run can be resumed', async () => {
    const { training, engines, emit } = await connected({ start: () => ({ run }), resumeRun: () => ({ run }) });
    await training.start(configuration);
    emit(
      { event: 'phase', run, state: 'training', message: '' },
      { event: 'engine', role: 'train', state: 'crashed', message: 'Killed.', run },
    );
    await settled();
    expect(engines.ended).toEqual([{ role: 'train', crash: { message: 'Killed.', run } }]);
    expect(training.current?.active).toBe(false);
    await training.resumeRun(run);
    expect(engines.ended).toEqual([]);
    expect(training.current?.active).toBe(true);
  });

  it('queues a resumed run behind the paused one, which stays the current one', async () => {
    const { training, emit } = await connected({
      resumeRun: ({ run: of }) => ({ run: of }),
      runRecord: ({ run: of }) => recordOf(configuration, of === run ? 'paused' : 'interrupted'),
    });
    emit({ event: 'phase', run, state: 'paused', message: '' });
    await settled();
    await training.resumeRun('/runs/2');
    expect(training.current?.run).toBe(run);
    expect(training.queued).toEqual(['/runs/2']);
    expect(training.trace('/runs/2').state).toBe('queued');
    emit(
      { event: 'phase', run, state: 'stopped', message: '' },
      { event: 'phase', run: '/runs/2', state: 'preparing', message: '' },
    );
    await settled();
    expect(training.current?.run).toBe('/runs/2');
    expect(training.queued).toEqual([]);
  });

  it('receives runs that another window queued, and removes one from the queue', async () => {
    const stop = vi.fn(() => ({}));
    const gone = new OrthantError('run', 'There is no such run.');
    const { training, emit } = await connected({
      stop,
      runRecord: ({ run: of }) => {
        if (of === '/runs/2') throw gone;
        return recordOf(configuration, 'training');
      },
    });
    const cancelled = vi.fn();
    training.cancelled.add(cancelled);
    emit(
      { event: 'phase', run, state: 'training', message: '' },
      { event: 'phase', run: '/runs/2', state: 'queued', message: '' },
    );
    await settled();
    expect(training.queued).toEqual(['/runs/2']);
    training.shown = training.trace('/runs/2');
    await training.stop('/runs/2');
    expect(stop).toHaveBeenCalledWith({ run: '/runs/2' }, expect.anything());
    emit({ event: 'failed', run: '/runs/2', error: { code: 'cancelled', message: 'Nothing of it was kept.' } });
    await settled();
    expect(training.queued).toEqual([]);
    expect(cancelled).toHaveBeenCalledWith('Nothing of it was kept.');
    expect(training.current?.run).toBe(run);
    expect(training.shown).toBe(training.current);
  });

  it('shows the earlier state of a run removed from the queue before it was resumed', async () => {
    const { training, emit } = await connected({ runRecord: () => recordOf(configuration, 'interrupted') });
    emit({ event: 'phase', run, state: 'preparing', message: '' });
    await settled();
    emit({ event: 'failed', run, error: { code: 'cancelled', message: 'Its earlier state is kept.' } });
    await settled();
    expect(training.current?.state).toBe('interrupted');
    expect(training.current?.error).toBeUndefined();
  });

  it.each(['resume', 'oneEpoch'] as const)('sends changes made while paused: %s', async (command) => {
    const call = vi.fn(() => ({}));
    const { training, emit } = await connected({ [command]: call, runRecord: () => recordOf(configuration, 'paused') });
    emit({ event: 'phase', run, state: 'paused', message: '' });
    await settled();
    const trace = training.current;
    trace!.change = { epochs: 50 };
    await training[command]();
    expect(call).toHaveBeenLastCalledWith({ run, change: { epochs: 50 } }, expect.anything());
    await training[command]();
    expect(call).toHaveBeenLastCalledWith({ run }, expect.anything());
  });

  it('keeps a refused change, and drops one when its run resumes or another is paused', async () => {
    const { training, emit } = await connected({
      resume: () => {
        throw new OrthantError('configuration', 'Too few epochs.');
      },
    });
    emit({ event: 'phase', run, state: 'paused', message: '' });
    await settled();
    const first = training.current!;
    first.change = { epochs: 1 };
    await training.resume();
    expect(training.error?.message).toBe('Too few epochs.');
    expect(first.change).toEqual({ epochs: 1 });
    emit({ event: 'phase', run, state: 'training', message: '' });
    await settled();
    expect(first.changed).toBe(false);
    emit(
      { event: 'phase', run, state: 'stopped', message: '' },
      { event: 'phase', run: '/runs/2', state: 'paused', message: '' },
    );
    await settled();
    expect(training.current?.run).toBe('/runs/2');
    expect(training.current?.changed).toBe(false);
  });

  it('reports why the active run cannot be controlled', async () => {
    const { training, emit, ports } = await connected({ start: () => ({ run }) });
    const idle = 'No run is training.';
    expect(training.reasons).toEqual({ pause: idle, oneEpoch: idle, stop: idle });
    emit({ event: 'phase', run, state: 'preparing', message: '' });
    await settled();
    // A run in preparation can be stopped.
    expect(training.reasons).toMatchObject({ pause: 'The run is still being prepared.', stop: undefined });
    emit({ event: 'phase', run, state: 'training', message: '' });
    await settled();
    expect(training.reasons).toEqual({ pause: undefined, oneEpoch: 'Pause the run first.', stop: undefined });
    emit({ event: 'phase', run, state: 'paused', message: '' });
    await settled();
    expect(training.reasons).toEqual({ pause: undefined, oneEpoch: undefined, stop: undefined });
    ports.cut();
    expect(training.reasons.stop).toMatch(/connection/);
    emit({ event: 'finished', run, result: fakeResult(configuration, metrics(1), run) });
  });

  it('treats queued runs as interrupted when their process ends', async () => {
    const { training, emit } = await connected({});
    emit(
      { event: 'phase', run, state: 'training', message: '' },
      { event: 'phase', run: '/runs/2', state: 'queued', message: '' },
      { event: 'engine', role: 'train', state: 'crashed', message: 'Killed.', run },
    );
    await settled();
    expect(training.queued).toEqual([]);
    expect([training.current?.state, training.trace('/runs/2').state]).toEqual(['interrupted', 'interrupted']);
  });

  it('does not replace a newer state by an older one of the run folder', async () => {
    const answers: ((record: ReturnType<typeof recordOf>) => void)[] = [];
    const { training, emit } = await connected({
      status: () => ({ current: run, state: 'preparing', queued: [] }),
      runRecord: () => new Promise((resolve) => answers.push(resolve)),
    });
    const found = training.findCurrent();
    await settled();
    emit({ event: 'phase', run, state: 'training', message: '' });
    await settled();
    for (const answer of answers) answer(recordOf(configuration, 'preparing'));
    await found;
    expect(training.current?.state).toBe('training');
  });

  it('loads the end of a run that it missed, and removes a deleted run', async () => {
    let gone = false;
    const { training, emit } = await connected({
      status: () => ({ queued: [] }),
      runRecord: () => {
        if (gone) throw new OrthantError('run', 'There is no such run.');
        return recordOf(configuration, 'interrupted');
      },
    });
    emit({ event: 'phase', run, state: 'training', message: '' });
    await settled();
    await training.findCurrent();
    expect(training.current?.state).toBe('interrupted');
    emit({ event: 'phase', run: '/runs/2', state: 'training', message: '' });
    await settled();
    gone = true;
    await training.findCurrent();
    expect(training.current).toBeUndefined();
  });

  it('checks a run of another process again until that releases it', async () => {
    let state: 'training' | 'interrupted' = 'training';
    const { training, emit } = await connected({
      status: () => ({ queued: [] }),
      runRecord: () => recordOf(configuration, state),
    });
    const changed = vi.fn();
    training.runsChanged.add(changed);
    emit({ event: 'phase', run, state: 'training', message: '' });
    await settled();
    await training.findCurrent();
    // Another process owns the active run, so it cannot be controlled here.
    expect(training.shown?.state).toBe('training');
    expect(training.reasons.stop).toBe('No run is training.');
    state = 'interrupted';
    changed.mockClear();
    await vi.waitFor(
      () => {
        expect(training.shown?.state).toBe('interrupted');
        expect(changed).toHaveBeenCalled();
      },
      { timeout: 3000 },
    );
  });

  it('finds the active run after a reload', async () => {
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
  it('has every epoch once, also if a resumed run repeats some', () => {
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
  it('reopens after a break, and notifies listeners', async () => {
    const first = linkedPorts();
    const second = linkedPorts();
    const lines = [first, second];
    for (const { host } of lines) serve(host, windowCalls, { status: () => ({ queued: [] }) });
    const connection = new Connection(() => lines.shift()?.window ?? second.window);
    const opened = vi.fn();
    connection.opened.add(opened);
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

  it('reports what to do if the host refuses it, and reconnects when the host accepts it', async () => {
    const { host, window } = linkedPorts();
    serve(host, windowCalls, {});
    let known = false;
    const connection = new Connection(() => {
      if (!known) throw new OrthantError('usage', 'Press Enter in the terminal.');
      return window;
    });
    await connection.open();
    expect(connection.status).toBe('lost');
    expect(connection.refused).toBe('Press Enter in the terminal.');
    known = true;
    await vi.waitFor(() => {
      expect(connection.status).toBe('open');
    });
    expect(connection.refused).toBeUndefined();
  });
});
