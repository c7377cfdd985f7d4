import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WindowEvent } from '../../native/contract/window.ts';
import { isAlive, until } from '../testing/testedHost.ts';

const loadStub = () => import('../testing/electronStub.ts');

/** Each case ends its application: modules, stub included, are loaded anew. */
let stub: Awaited<ReturnType<typeof loadStub>>;
let tested: Awaited<ReturnType<typeof begin>>;
let pids: number[];
async function begin() {
  const { startTestedElectron } = await import('../testing/electronHost.ts');
  const { setupClosing } = await import('./closing.ts');
  return startTestedElectron((host, main) => {
    const closing = setupClosing(host, main);
    return (window) => {
      closing.watch(window);
    };
  });
}
beforeEach(async () => {
  vi.resetModules();
  vi.doMock('electron', () => import('../testing/electronStub.ts'));
  stub = await loadStub();
  tested = await begin();
  await until(() => tested.host.engines.train.state.state === 'running');
  pids = Object.values(tested.host.engines).map(({ pid }) => pid ?? 0);
});
afterEach(async () => {
  await tested.close();
});

const [keep, stop, cancel] = [0, 1, 2].map((response) => ({ response }));

/** Starts a run in the engine, or pauses it there. */
async function train(state: 'training' | 'paused' = 'training'): Promise<void> {
  const begin: WindowEvent = { event: 'phase', run: 'r', state, message: state };
  await tested.host.engines.train.call('pause', { run: JSON.stringify([begin]) });
  expect(tested.host.runs.current()).toBeDefined();
}
const endRun = (): Promise<unknown> => tested.host.engines.train.call('stop', { run: 'r' });
const exited = (): boolean => stub.app.seen.exited;
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

describe('closing the window', () => {
  it('ends the application and its engines when nothing trains, without asking', async () => {
    tested.window.close();
    await until(exited);
    expect(stub.dialog.asked).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('asks while a run is under way, and stays open when cancelled', async () => {
    await train();
    stub.dialog.answers.push(cancel);
    tested.window.close();
    await settle();
    expect(stub.dialog.asked).toMatchObject([
      { buttons: ['Keep training', 'Stop with a checkpoint', 'Cancel'], cancelId: 2 },
    ]);
    expect(tested.window.isDestroyed()).toBe(false);
    expect(exited()).toBe(false);
    // The next close asks again.
    stub.dialog.answers.push(cancel);
    tested.window.close();
    await settle();
    expect(stub.dialog.asked.length).toBe(2);
  });

  it('asks once while the question is open', async () => {
    await train();
    tested.window.close();
    tested.window.close();
    stub.app.quit();
    await settle();
    expect(stub.dialog.asked.length).toBe(1);
  });

  it('keeps training without a window, and shows the run to a window opened again', async () => {
    await train();
    stub.dialog.answers.push(keep);
    tested.window.close();
    await until(() => tested.window.isDestroyed());
    await settle();
    expect(exited()).toBe(false);
    expect(tested.host.runs.current()).toMatchObject({ run: 'r' });
    tested.main.show();
    expect(tested.main.current()).toBeDefined();
    expect(tested.main.current()).not.toBe(tested.window);
  });

  it('does not offer to keep training a paused run, which only a window can resume, and ends the application', async () => {
    await train('paused');
    stub.dialog.answers.push(cancel);
    tested.window.close();
    await settle();
    expect(stub.dialog.asked).toMatchObject([
      {
        message: 'A run is paused.',
        detail: expect.stringContaining('"Resume" in the list of runs continues from its checkpoint') as string,
        buttons: ['Resume later', 'Stop with a checkpoint', 'Cancel'],
      },
    ]);
    expect(exited()).toBe(false);
    stub.dialog.answers.push(keep);
    tested.window.close();
    await until(exited);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('stops a paused run first when asked to', async () => {
    await train('paused');
    const seen: string[] = [];
    tested.host.subscribe((event) => seen.push(event.event === 'phase' ? event.state : event.event));
    stub.dialog.answers.push(stop);
    tested.window.close();
    await until(exited);
    expect(seen).toContain('stopped');
  });

  it('ends the application a while after a run that continued without a window', async () => {
    await train();
    stub.dialog.answers.push(keep);
    tested.window.close();
    await until(() => tested.window.isDestroyed());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const ended = new Promise((resolve) => tested.host.subscribe(resolve));
      await tested.host.engines.train.call('pause', {
        run: JSON.stringify([{ event: 'failed', run: 'r', error: { code: 'diverged', message: 'x' } }]),
      });
      await ended;
      vi.advanceTimersByTime(59_000);
      expect(exited()).toBe(false);
      vi.advanceTimersByTime(2000);
    } finally {
      vi.useRealTimers();
    }
    await until(exited);
  });

  it('stops the run first when asked to', async () => {
    await train();
    const seen: string[] = [];
    tested.host.subscribe((event) => seen.push(event.event === 'phase' ? event.state : event.event));
    stub.dialog.answers.push(stop);
    tested.window.close();
    await until(exited);
    expect(seen).toContain('stopped');
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe('quitting', () => {
  it('ends everything at once when nothing trains', async () => {
    stub.app.quit();
    await until(exited);
    expect(stub.dialog.asked).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('asks before it closes a window, and quits after the run has stopped', async () => {
    await train();
    stub.dialog.answers.push(stop);
    stub.app.quit();
    expect(tested.window.isDestroyed()).toBe(false);
    await until(exited);
    expect(stub.dialog.asked.length).toBe(1);
  });

  it('stays open when cancelled, and quits without a question once the run has ended', async () => {
    await train();
    stub.dialog.answers.push(cancel);
    stub.app.quit();
    await settle();
    expect(exited()).toBe(false);
    await endRun();
    await until(() => tested.host.runs.current() === undefined);
    stub.app.quit();
    await until(exited);
    expect(stub.dialog.asked.length).toBe(1);
  });
});
