import { expect, it } from 'vitest';
import { alongside } from './alongside.ts';

it('reports the error of the work, after it has cancelled the task and waited for its end', async () => {
  const log: string[] = [];
  const task = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        log.push('cancelled');
        setImmediate(() => {
          log.push('ended');
          reject(new Error('of the task'));
        });
      });
    });
  const work = () => Promise.reject(new Error('of the work'));
  await expect(alongside(task, new AbortController().signal, work)).rejects.toThrow('of the work');
  expect(log).toEqual(['cancelled', 'ended']);
});

it('cancels the task with its caller, and passes on the error of a task that the work waits for', async () => {
  const caller = new AbortController();
  const task = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('of the task'));
      });
    });
  const work = async (result: Promise<never>): Promise<void> => {
    caller.abort();
    // The task has failed before its result is awaited.
    await new Promise(setImmediate);
    await result;
  };
  await expect(alongside(task, caller.signal, work)).rejects.toThrow('of the task');
});
