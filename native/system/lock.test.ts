import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exclusively, withLock } from './lock.mjs';
import { startTime, thisProcess } from './processes.mjs';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-lock-'));
  lock = path.join(folder, '.lock');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const both: readonly [string, (action: () => void) => Promise<void>][] = [
  [
    'exclusively',
    async (action) => {
      await Promise.resolve();
      exclusively(lock, action);
    },
  ],
  [
    'withLock',
    (action) =>
      withLock(lock, async () => {
        await Promise.resolve();
        action();
      }),
  ],
];

describe.each(both)('%s', (_name, take) => {
  test('names its holder while the action runs, and leaves nothing, even if the action fails', async () => {
    await take(() => {
      expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual(thisProcess());
    });
    await expect(
      take(() => {
        throw new Error('failed');
      }),
    ).rejects.toThrow('failed');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['a process of the same id that started at another time', () => JSON.stringify({ ...thisProcess(), started: 1 })],
    ['no process, torn long ago', () => ''],
    ['no process, in another format', () => '1234'],
  ])('takes over a file that names %s', async (_what, text) => {
    writeFileSync(lock, text());
    utimesSync(lock, 1, 1);
    let ran = false;
    await take(() => (ran = true));
    expect(ran).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('waits for another process that holds it, reports its id once, and continues when that process has ended', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  const { pid = 0 } = other;
  writeFileSync(lock, JSON.stringify({ pid, started: startTime(pid) }));
  const waited: number[] = [];
  const done = withLock(lock, () => Promise.resolve('done'), {
    onWait: (holder) => {
      waited.push(holder);
      setTimeout(() => other.kill('SIGKILL'), 300);
    },
  });
  expect(await done).toBe('done');
  expect(waited).toEqual([pid]);
  expect(existsSync(lock)).toBe(false);
});

test('waits for a file that is being written at this moment', async () => {
  writeFileSync(lock, '');
  const order: string[] = [];
  const done = withLock(lock, () => Promise.resolve(order.push('taken')));
  setTimeout(() => {
    order.push('released');
    rmSync(lock);
  }, 300);
  await done;
  expect(order).toEqual(['released', 'taken']);
});
