import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { isRunning, startTime, thisProcess } from './processes.mjs';

test('this process runs; one of the same id that started at another time does not', () => {
  expect(isRunning(thisProcess())).toBe(true);
  expect(isRunning({ ...thisProcess(), started: 1 })).toBe(false);
});

test.runIf(process.platform === 'linux')('a zombie process counts as ended', async () => {
  // As in a container whose first process does not collect orphans: `sleep` never collects its child.
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(text.toString());
    const child = { pid, started: startTime(pid) ?? NaN };
    expect(isRunning(child)).toBe(true);
    await vi.waitFor(
      () => {
        expect(isRunning(child)).toBe(false);
      },
      { timeout: 5000 },
    );
    // It is still listed.
    expect(() => process.kill(pid, 0)).not.toThrow();
  } finally {
    parent.kill('SIGKILL');
  }
});
