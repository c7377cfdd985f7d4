import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TestedHost } from '../testing/testedHost.ts';
import { startTestedHost } from '../testing/testedHost.ts';
import { stopRun, stopRunForTerminal } from './stopRun.ts';

let tested: TestedHost;
let printed: string[];
beforeEach(async () => {
  tested = await startTestedHost();
  printed = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await tested.close();
});

/** Starts a run in the engine. */
async function train(): Promise<void> {
  const begin = { event: 'phase', run: 'r', state: 'training', message: 'training' };
  await tested.host.engines.train.call('pause', { run: JSON.stringify([begin]) });
}
const forTerminal = (): Promise<void> =>
  stopRunForTerminal(tested.host, (line) => {
    printed.push(line);
  });

describe('stopping the run under way', () => {
  it('does and prints nothing if no run is under way', async () => {
    expect(await stopRun(tested.host, 1000)).toBe(true);
    await forTerminal();
    expect(printed).toEqual([]);
  });

  it('waits until it has ended', async () => {
    await train();
    await forTerminal();
    expect(tested.host.runs.current()).toBeUndefined();
    expect(printed).toEqual([expect.stringContaining('stopped with a checkpoint')]);
  });

  it.each([
    ['its end takes too long', () => Promise.resolve({})],
    ['its process does not even answer', () => new Promise(() => undefined)],
  ])('waits a few seconds if %s, and prints that', async (_, answer) => {
    await train();
    vi.spyOn(tested.host.engines.train, 'call').mockImplementation(answer);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const over = forTerminal();
    await vi.advanceTimersByTimeAsync(7000);
    expect(printed.length).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    await over;
    expect(printed[1]).toMatch(/took too long.*last checkpoint/);
  });

  it('treats a crash of the process as the end of its run', async () => {
    await train();
    vi.spyOn(tested.host.engines.train, 'call').mockRejectedValue(new Error('The process is gone.'));
    await forTerminal();
    expect(printed.length).toBe(1);
  });
});
