import { afterEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../native/contract/engine.ts';
import type { HostEvent } from '../../native/contract/window.ts';
import { nodeEngine } from '../browser/nodeEngine.ts';
import { isAlive, testEngine, until } from '../testing/testedHost.ts';
import { EngineOwner } from './engineOwner.ts';

type State = Extract<HostEvent, { event: 'engine' }>;

const owners: EngineOwner[] = [];
afterEach(async () => {
  await Promise.all(owners.splice(0).map((owner) => owner.close()));
});

function own(entry = testEngine): { owner: EngineOwner; states: State[]; events: EngineEvent[] } {
  const states: State[] = [];
  const events: EngineEvent[] = [];
  const owner = new EngineOwner({
    role: 'train',
    launch: nodeEngine(entry, () => undefined),
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
  });
  owners.push(owner);
  owner.start();
  return { owner, states, events };
}

/** Makes the test engine emit these events. */
const emit = (owner: EngineOwner, events: unknown[]): Promise<unknown> =>
  owner.call('pause', { run: JSON.stringify(events) });
const training = { event: 'phase', run: 'ink', state: 'training', message: 'training' };

describe('EngineOwner', () => {
  it('starts the process, passes calls and events on, and ends it with itself', async () => {
    const { owner, states, events } = own();
    expect(await owner.call('status', {})).toEqual({ queued: [] });
    expect(states.map(({ state }) => state)).toEqual(['starting', 'running']);
    await emit(owner, [training, { event: 'no such event' }]);
    expect(events).toEqual([training]);
    const { pid } = owner;
    expect(isAlive(pid!)).toBe(true);
    await owner.close();
    expect(isAlive(pid!)).toBe(false);
    expect(states.map(({ state }) => state)).toEqual(['starting', 'running']);
    await expect(owner.call('status', {})).rejects.toMatchObject({ code: 'crashed' });
  });

  it('passes errors on as code, message and field', async () => {
    const { owner } = own();
    await expect(owner.call('inspect', {})).rejects.toMatchObject({
      code: 'data',
      message: 'train: the file is empty.',
      field: 'source.path',
    });
  });

  it('cancels a call in the process when its caller cancels it', async () => {
    const { owner } = own();
    const abort = new AbortController();
    const call = owner.call('doctor', {}, { signal: abort.signal });
    await owner.call('status', {});
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(await owner.call('status', {})).toEqual({ queued: [expect.any(String)] });
  });

  it('reports after a crash the run under way and its last checkpoint, and restarts', async () => {
    const { owner, states } = own();
    await emit(owner, [training, { event: 'checkpoint', run: 'ink', epoch: 3, step: 1200 }]);
    const before = owner.pid;
    await expect(owner.call('renameRun', { run: 'SIGKILL', name: 'x' })).rejects.toMatchObject({
      code: 'crashed',
      message: expect.stringMatching(/killed by SIGKILL.*"ink".*epoch 3 \(step 1,200\)/s) as string,
    });
    await until(() => states.at(-1)?.state === 'running');
    expect(states.map(({ state }) => state)).toEqual(['starting', 'running', 'crashed', 'starting', 'running']);
    expect(states[2]).toMatchObject({ run: 'ink' });
    expect(owner.pid).not.toBe(before);
    expect(await owner.call('status', {})).toEqual({ queued: [] });
  });

  it('reports no run when none was under way', async () => {
    const { owner, states } = own();
    await emit(owner, [training, { event: 'phase', run: 'ink', state: 'finished', message: '' }]);
    await expect(owner.call('deleteRun', { run: '7' })).rejects.toThrow('exit code 7');
    await until(() => states.length > 2);
    expect(states[2]).not.toHaveProperty('run');
    expect(states[2]?.message).toContain('Your runs are kept.');
  });

  it('gives up a process that does not start, and retries when asked', async () => {
    const { owner, states } = own('/nowhere/engine.js');
    await until(() => states.filter(({ state }) => state === 'crashed').length === 3);
    await expect(owner.call('status', {})).rejects.toMatchObject({
      code: 'crashed',
      message: expect.stringContaining('could not start') as string,
    });
    const statesBefore = states.length;
    await owner.restart();
    expect(states[statesBefore]).toMatchObject({ state: 'starting' });
  });

  it('reports a process that cannot be launched', async () => {
    const states: State[] = [];
    const owner = new EngineOwner({
      role: 'data',
      launch: () => {
        throw new Error('no processes left');
      },
      onState: (state) => states.push(state),
      onEvent: () => undefined,
    });
    owner.start();
    await expect(owner.call('methods', {})).rejects.toThrow('The data process could not start (no processes left)');
    expect(states.map(({ state }) => state)).toEqual(['starting', 'crashed']);
  });

  it('does not treat a requested restart as a crash', async () => {
    const { owner, states } = own();
    await owner.call('status', {});
    await owner.restart();
    await until(() => states.length === 4);
    expect(states.map(({ state }) => state)).toEqual(['starting', 'running', 'starting', 'running']);
  });
});
