import { describe, expect, it, vi } from 'vitest';
import type { Handlers } from '../../native/contract/channel.ts';
import type { RunRecord, RunSummary } from '../../native/contract/runRecord.ts';
import type { windowCalls } from '../../native/contract/window.ts';
import { connectedTo } from '../testing/connectedTo.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { fakeMetrics, fakeResult } from '../testing/fakeTraining.ts';
import { ResultView } from './result.svelte.ts';
import { RunTrace } from './trace.svelte.ts';

const metrics = fakeMetrics(fakeConfiguration('ink'), ['a'], 3);

function recordOf(id: string, change: (record: RunRecord) => void = () => undefined): RunRecord {
  const configuration = fakeConfiguration('ink');
  const record: RunRecord = {
    format: 1,
    id,
    name: `run ${id}`,
    created: new Date(0).toISOString(),
    updated: new Date(0).toISOString(),
    state: 'finished',
    configuration,
    changes: [],
    data: { source: 'ink', sha256: 'a', bytes: 1 },
    versions: { orthant: '0', node: '0', platform: 'x' },
    result: fakeResult(configuration, metrics, `/runs/${id}`),
  };
  change(record);
  return record;
}

const plain = (record: RunRecord): void => {
  record.configuration.constraint.method = { id: 'none', settings: {} };
};

/** The view of run `own`, and a way to search for its baseline among others. */
async function viewOf(
  own: RunRecord,
  others: readonly RunRecord[],
  handlers: Partial<Handlers<typeof windowCalls>> = {},
) {
  const records = new Map([own, ...others].map((record) => [`/runs/${record.id}`, record]));
  const asked: string[] = [];
  const connection = await connectedTo({
    runRecord: ({ run }) => {
      asked.push(run);
      const record = records.get(run);
      if (record === undefined) throw new Error('no such run');
      return record;
    },
    ...handlers,
  });
  const trace = new RunTrace(`/runs/${own.id}`);
  trace.load(own, [metrics], []);
  const summaries = (): RunSummary[] =>
    [...records].map(([run, { id, name, created, state, configuration, result }]) => ({
      run,
      id,
      name,
      created,
      state,
      method: configuration.constraint.method.id,
      source: 'ink',
      epochs: 3,
      ...(result === undefined ? {} : { splits: result.splits }),
    }));
  return { view: new ResultView(connection, trace), records, asked, summaries };
}

describe('the baseline of a result', () => {
  it('is found whatever order its settings are written in', async () => {
    const own = recordOf('1', ({ configuration }) => {
      configuration.data.columns = { a: { role: 'input' }, b: { role: 'ignore' } };
    });
    const other = recordOf('2', (record) => {
      plain(record);
      record.configuration.data.columns = { b: { role: 'ignore' }, a: { role: 'input' } };
    });
    const { view, summaries } = await viewOf(own, [other]);
    await view.findBaseline(summaries());
    expect(view.baseline).toMatchObject({ run: '/runs/2', sameNetwork: true, sameTraining: true });
    expect(view.price?.lines).toHaveLength(1);
  });

  it('is not a run on other contents of the same file', async () => {
    const other = recordOf('2', (record) => {
      plain(record);
      record.data = { source: 'ink', sha256: 'b', bytes: 1 };
    });
    const { view, summaries } = await viewOf(recordOf('1'), [other]);
    await view.findBaseline(summaries());
    expect(view.baseline).toBeUndefined();
    expect(view.searched).toBe(true);
  });

  it('is found behind any number of other runs, and the most similar one wins', async () => {
    const otherSplit = Array.from({ length: 40 }, (_, index) =>
      recordOf(String(100 + index), (record) => {
        plain(record);
        record.configuration.data.skipBadRows = true;
      }),
    );
    const otherNetwork = recordOf('2', (record) => {
      plain(record);
      record.configuration.network.hidden = [3];
    });
    const { view, summaries, asked } = await viewOf(recordOf('1'), [...otherSplit, otherNetwork, recordOf('3', plain)]);
    await view.findBaseline(summaries());
    expect(view.baseline?.run).toBe('/runs/3');
    // Ended runs are read once.
    const before = asked.length;
    await view.findBaseline(summaries());
    expect(asked).toHaveLength(before);
  });

  it('ignores a cancelled search', async () => {
    const { view, summaries } = await viewOf(recordOf('1'), [recordOf('2', plain)]);
    const search = view.findBaseline(summaries());
    view.stopSearch();
    await search;
    expect(view.searched).toBe(false);
    expect(view.baseline).toBeUndefined();
  });

  it('is trained once: until it is done, no second one can be started', async () => {
    const { view, records, summaries } = await viewOf(recordOf('1'), []);
    await view.findBaseline(summaries());
    expect(view.baselineReason).toBeUndefined();
    const trace = new RunTrace('/runs/9');
    const start = vi.fn(() => Promise.resolve(trace));
    const started = view.trainBaseline({ start });
    expect(view.baselineReason).toMatch(/being trained/);
    await started;
    await view.trainBaseline({ start });
    expect(start).toHaveBeenCalledTimes(1);
    expect(start).toHaveBeenCalledWith(
      expect.objectContaining({
        constraint: expect.objectContaining({ method: { id: 'none', settings: {} } }) as unknown,
      }),
      false,
    );
    const running = recordOf('9', plain);
    delete running.result;
    records.set('/runs/9', { ...running, state: 'training' });
    await view.findBaseline(summaries());
    expect(view.baselineReason).toMatch(/being trained/);
    records.set('/runs/9', { ...running, state: 'queued' });
    await view.findBaseline(summaries());
    expect(view.baselineReason).toMatch(/waits/);
    records.set('/runs/9', { ...running, state: 'failed' });
    await view.findBaseline(summaries());
    expect(view.baselineReason).toBeUndefined();
  });

  it('can be tried again if it could not be started', async () => {
    const { view } = await viewOf(recordOf('1'), []);
    await view.trainBaseline({ start: () => Promise.resolve(undefined) });
    expect(view.baselineReason).toBeUndefined();
  });
});

describe('predictions of a result', () => {
  it('are cancelled in the engine, too, and can be requested again', async () => {
    const aborted = vi.fn();
    let quick = false;
    const { view } = await viewOf(recordOf('1'), [], {
      worstRows: (_, { signal }) =>
        quick
          ? { targets: ['a'], rows: [] }
          : new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                aborted();
                reject(new Error('aborted'));
              });
            }),
    });
    const ranked = view.loadWorst();
    expect(view.worst.busy).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    view.worst.cancel('The lowest rows were not looked for: you cancelled it.');
    await ranked;
    expect(view.worst.busy).toBe(false);
    expect(view.worst.error?.message).toMatch(/cancelled/);
    await vi.waitFor(() => {
      expect(aborted).toHaveBeenCalled();
    });
    quick = true;
    await view.loadWorst();
    expect(view.worst.value).toEqual({ targets: ['a'], rows: [] });
    expect(view.worst.error).toBeUndefined();
  });
});
