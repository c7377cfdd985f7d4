import { describe, expect, it, vi } from 'vitest';
import { serve } from '../../native/contract/channel.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import { windowCalls } from '../../native/contract/window.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { linkedPorts } from '../testing/linkedPorts.ts';
import { recordOf, summaryOf } from '../testing/testedApp.ts';
import { Connection } from './connection.svelte.ts';
import { mostCompared, RunList } from './runs.svelte.ts';

/** A list of runs `/runs/0`, `/runs/1`, ..., the last one the newest. */
async function listOf(count: number) {
  let runs = Array.from({ length: count }, (_, index) => ({
    ...summaryOf(`/runs/${index}`, index === 0 ? 'interrupted' : 'finished', index === 0 ? 4 : undefined),
    created: new Date(index * 1000).toISOString(),
    method: index % 2 === 0 ? 'none' : 'penalty',
  }));
  const bin = new Map<string, (typeof runs)[number]>();
  const ports = linkedPorts();
  serve(ports.host, windowCalls, {
    runs: () => runs,
    renameRun: ({ run, name }) => {
      if (name === 'taken') throw new OrthantError('run', 'It cannot be renamed.');
      return { ...recordOf(fakeConfiguration('ink'), 'finished'), id: run, name };
    },
    deleteRun: ({ run }) => {
      const deleted = runs.find((known) => known.run === run);
      if (deleted === undefined) throw new OrthantError('run', 'There is no such run.');
      runs = runs.filter((known) => known !== deleted);
      bin.set(`/bin${run}`, deleted);
      return { binned: `/bin${run}` };
    },
    restoreRun: ({ binned }) => {
      runs = [...runs, bin.get(binned)!];
      return { run: binned.slice('/bin'.length) };
    },
  });
  const connection = new Connection(() => ports.window);
  await connection.open();
  const list = new RunList(connection);
  await list.load();
  return list;
}
const names = (list: RunList): string[] => list.found.map(({ run }) => run);

describe('RunList', () => {
  it('has the newest run first, and finds by all words of a query', async () => {
    const list = await listOf(3);
    expect(names(list)).toEqual(['/runs/2', '/runs/1', '/runs/0']);
    list.query = ' none INTERRUPTED';
    expect(names(list)).toEqual(['/runs/0']);
    list.query = 'penalty none';
    expect(names(list)).toEqual([]);
  });

  it('compares at most a fixed number of runs', async () => {
    const list = await listOf(mostCompared + 1);
    for (const { run } of list.all) list.toggle(run);
    expect(list.chosen).toHaveLength(mostCompared);
    list.toggle(list.chosen[0]!);
    expect(list.chosen).toHaveLength(mostCompared - 1);
  });

  it('renames, and keeps the name with the reason when that fails', async () => {
    const list = await listOf(2);
    await list.rename('/runs/0', 'first');
    expect(list.of('/runs/0')?.name).toBe('first');
    await list.rename('/runs/0', 'taken');
    expect(list.of('/runs/0')?.name).toBe('first');
    expect(list.error?.message).toBe('It cannot be renamed.');
    await list.load();
    expect(list.error).toBeUndefined();
  });

  it('deletes a run, notifies listeners, and restores it', async () => {
    const list = await listOf(2);
    const deleted = vi.fn();
    list.deletions.add(deleted);
    const run = list.of('/runs/0')!;
    list.toggle(run.run);
    await list.delete(run);
    expect(deleted).toHaveBeenCalledExactlyOnceWith('/runs/0');
    expect([names(list), list.chosen]).toEqual([['/runs/1'], []]);
    // A second deletion fails, and listeners are not called.
    await list.delete(run);
    expect(list.error?.code).toBe('run');
    expect(deleted).toHaveBeenCalledOnce();
    await list.undoDelete();
    expect(names(list)).toEqual(['/runs/1', '/runs/0']);
    expect(list.deleted).toBeUndefined();
    expect(list.of('/runs/0')?.checkpoint).toBe(4);
  });
});
