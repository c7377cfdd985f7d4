import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.mjs';

const module = path.join(import.meta.dirname, 'command.mjs');
/** Starts a long-running helper, prints its id, and keeps running itself, as pip and npm do. */
const helper = 'sleep 300 & echo "helper $!"; wait';

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
/** The test's own time limit ends a wait that never succeeds. */
const gone = async (pid: number): Promise<void> => {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('runCommand', () => {
  it("collects a program's output, and reports how it ended", async () => {
    const options = { timeoutMs: 10_000 };
    expect(await runCommand('sh', ['-c', 'echo out; echo err >&2; exit 3'], options)).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      timedOut: false,
    });
    expect((await runCommand('/nowhere/program', [], options)).error?.message).toContain('ENOENT');
  });

  it.skipIf(process.platform === 'win32')("ends a program's child processes at the time limit", async () => {
    const { timedOut, stdout } = await runCommand('sh', ['-c', helper], { timeoutMs: 300 });
    expect(timedOut).toBe(true);
    await gone(Number(/helper (\d+)/.exec(stdout)?.[1]));
  });

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    "ends a program's child processes with this process: %s",
    async (signal) => {
      const script = `
        const { runCommand } = await import(${JSON.stringify(module)});
        const onOutput = (text) => process.stdout.write(text);
        await runCommand('sh', ['-c', ${JSON.stringify(helper)}], { timeoutMs: 60000, onOutput });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
      const pid = await new Promise<number>((resolve) => {
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          resolve(Number(/helper (\d+)/.exec(text)?.[1]));
        });
      });
      const ended = new Promise((resolve) =>
        child.once('exit', (_code, by) => {
          resolve(by);
        }),
      );
      child.kill(signal);
      expect(await ended).toBe(signal);
      await gone(pid);
    },
  );
});
