import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeEnd, startNode } from './nodeProcess.mjs';
import { isAlive } from './processes.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'orthant-node-'));
const entry = path.join(folder, 'echo.mjs');
writeFileSync(
  entry,
  `process.on('message', (message) => {
     if (message === 'exit') { console.log('leaving'); console.error('for good'); process.exit(3); }
     process.send({ message, args: process.argv.slice(2), word: process.env.WORD });
   });
   process.on('SIGTERM', () => {});
   process.on('disconnect', () => process.exit(0));`,
);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function startEcho(ownGroup: boolean) {
  const echo = {
    output: '',
    process: startNode(entry, ['a'], { environment: { WORD: 'w' }, ownGroup, onOutput: hear }),
  };
  function hear(text: string): void {
    echo.output += text;
  }
  const ended = new Promise<string>((resolve) => {
    echo.process.port.onClose(resolve);
  });
  const answer = new Promise((resolve) => {
    echo.process.port.onMessage(resolve);
  });
  return { echo, ended, answer };
}

test.each([false, true])(
  'messages, arguments and variables arrive; all output comes before the end: %s',
  async (own) => {
    const { echo, ended, answer } = startEcho(own);
    const large = new Float32Array([1, 2]);
    echo.process.port.send(large);
    expect(await answer).toEqual({ message: large, args: ['a'], word: 'w' });
    echo.process.port.send('exit');
    expect(await ended).toBe('exit code 3');
    expect(echo.output).toContain('leaving');
    expect(echo.output).toContain('for good');
    // The process has ended: `send` and `stop` must do nothing.
    echo.process.port.send('late');
    await echo.process.stop();
  },
);

test('a process that does not end when asked is killed', async () => {
  const { echo, ended, answer } = startEcho(true);
  echo.process.port.send('ready');
  await answer;
  await echo.process.stop();
  expect(await ended).toBe('killed by SIGKILL; the system does that when memory runs out');
});

test('closing the channel ends a program that waits for nothing else', async () => {
  const { echo, answer } = startEcho(false);
  echo.process.port.send('ready');
  await answer;
  echo.process.disconnect();
  await expect.poll(() => isAlive(echo.process.pid ?? 0), { timeout: 20_000 }).toBe(false);
});

test('an end without a code is described, too', () => {
  expect(describeEnd(null)).toBe('exit code unknown');
});
