import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WindowEvent } from '../../native/contract/window.ts';
import { isAlive, until } from '../testing/testedHost.ts';

const loadStub = () => import('../testing/electronStub.ts');

/** Each case ends its application: modules, stub included, are loaded anew. */
let stub: Awaited<ReturnType<typeof loadStub>>;
let tested: Awaited<ReturnType<typeof begin>>;
let signals: EventEmitter;
let logged: string[];
let pids: number[];
async function begin() {
  const { startTestedElectron } = await import('../testing/electronHost.ts');
  const { setupClosing } = await import('./closing.ts');
  const { setupTerminal } = await import('./terminal.ts');
  return startTestedElectron((host, main) => {
    const closing = setupClosing(host, main);
    setupTerminal(host, (text) => logged.push(text), signals);
    return (window) => {
      closing.watch(window);
    };
  });
}
beforeEach(async () => {
  vi.resetModules();
  vi.doMock('electron', () => import('../testing/electronStub.ts'));
  signals = new EventEmitter();
  logged = [];
  stub = await loadStub();
  tested = await begin();
  await until(() => tested.host.engines.train.state.state === 'running');
  pids = Object.values(tested.host.engines).map(({ pid }) => pid ?? 0);
});
afterEach(async () => {
  vi.useRealTimers();
  await tested.close();
});

/** Starts a run in the engine. */
async function train(): Promise<void> {
  const begin: WindowEvent = { event: 'phase', run: 'r', state: 'training', message: 'training' };
  await tested.host.engines.train.call('pause', { run: JSON.stringify([begin]) });
  expect(tested.host.runs.current()).toBeDefined();
}
const exited = (): boolean => stub.app.seen.exited;

describe('a signal from the terminal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('ends the application and its engines: %s', async (signal) => {
    signals.emit(signal);
    await until(exited);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(logged).toEqual([]);
  });

  it('stops a run with a checkpoint without asking', async () => {
    await train();
    const seen: string[] = [];
    tested.host.subscribe((event) => seen.push(event.event === 'phase' ? event.state : event.event));
    signals.emit('SIGINT');
    await until(exited);
    expect(seen).toContain('stopped');
    expect(stub.dialog.asked).toEqual([]);
    expect(logged.join()).toContain('stopped with a checkpoint');
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('ends the application even while it asks what to do with a run', async () => {
    await train();
    tested.window.close();
    await until(() => stub.dialog.asked.length === 1);
    signals.emit('SIGINT');
    await until(exited);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('ends the application if the run can no longer be stopped', async () => {
    await train();
    vi.spyOn(tested.host.engines.train, 'call').mockRejectedValue(new Error('The process is gone.'));
    signals.emit('SIGTERM');
    await until(exited);
    expect(stub.dialog.asked).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('counts once if npm passes it on, and ends everything at once when it is repeated', async () => {
    await train();
    // A run that takes long to end.
    const call = vi.spyOn(tested.host.engines.train, 'call').mockResolvedValue({});
    signals.emit('SIGINT');
    signals.emit('SIGINT');
    expect(exited()).toBe(false);
    expect(call).toHaveBeenCalledOnce();
    vi.setSystemTime(Date.now() + 2000);
    signals.emit('SIGINT');
    expect(exited()).toBe(true);
    expect(stub.app.seen.exitCode).toBe(130);
  });
});
