import { describe, expect, it } from 'vitest';
import { OrthantError } from '../../native/contract/errors.ts';
import { LatestCall } from './latestCall.svelte.ts';

/** Work that the test ends, and the signals that it received. */
function work() {
  const signals: AbortSignal[] = [];
  const ends: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const ask = (signal: AbortSignal): Promise<string> => {
    signals.push(signal);
    return new Promise((resolve, reject) => ends.push({ resolve, reject }));
  };
  return { ask, signals, ends };
}

const of = ({ busy, value, error }: LatestCall<string>) => ({ busy, value, error });

describe('LatestCall', () => {
  it('aborts the call before, and ignores its result', async () => {
    const { ask, signals, ends } = work();
    const call = new LatestCall<string>();
    const first = call.run(ask);
    const second = call.run(ask);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    ends[0]?.resolve('first');
    expect(await first).toBe(false);
    expect(call.busy).toBe(true);
    expect(call.value).toBeUndefined();
    ends[1]?.resolve('second');
    expect(await second).toBe(true);
    expect(call.busy).toBe(false);
    expect(call.value).toBe('second');
  });

  it('keeps the last answer until the next one or an error', async () => {
    const { ask, ends } = work();
    const call = new LatestCall<string>();
    call.value = 'before';
    const failing = call.run(ask);
    expect(call.value).toBe('before');
    ends[0]?.reject(new OrthantError('data', 'It has no rows.'));
    expect(await failing).toBe(false);
    expect(call.value).toBeUndefined();
    expect(call.error).toMatchObject({ code: 'data', message: 'It has no rows.' });
    void call.run(ask);
    expect(call.error).toBeUndefined();
  });

  it('waits until there are no more calls, and keeps the last error', async () => {
    const { ask, signals, ends } = work();
    const call = new LatestCall<string>();
    call.error = { code: 'data', message: 'before' };
    const first = call.runSoon(1, ask);
    const second = call.runSoon(1, ask);
    expect(call.busy).toBe(true);
    expect(await first).toBe(false);
    expect(of(call).error?.message).toBe('before');
    await expect.poll(() => signals.length).toBe(1);
    ends[0]?.resolve('second');
    expect(await second).toBe(true);
    expect(call.error).toBeUndefined();
  });

  it('reports that it was cancelled only while in progress, and is empty after clearing', async () => {
    const { ask, ends } = work();
    const call = new LatestCall<string>();
    call.cancel('Not done.');
    expect(call.error).toBeUndefined();
    const cancelled = call.run(ask);
    call.cancel('Not done.');
    ends[0]?.resolve('late');
    expect(await cancelled).toBe(false);
    expect(of(call)).toEqual({ busy: false, value: undefined, error: { code: 'cancelled', message: 'Not done.' } });
    call.value = 'old';
    void call.run(ask);
    call.clear();
    expect(of(call)).toEqual({ busy: false, value: undefined, error: undefined });
  });
});
