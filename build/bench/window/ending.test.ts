import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../../../native/system/processes.mjs';
import { startNode } from '../../start/testing.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'orthant-ending-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** As the bench is started; it has started a program of a group of its own, and that another one which hears no signal. */
const script = (folder: string): string => `
  import { spawn } from 'node:child_process';
  import { mkdirSync } from 'node:fs';
  import { runnerImport } from 'vite';
  const { module } = await runnerImport(${JSON.stringify(path.join(import.meta.dirname, 'ending.ts'))}, { configFile: false });
  mkdirSync(${JSON.stringify(folder)});
  module.endWithAllStarted().add(${JSON.stringify(folder)});
  const deaf = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);";
  const middle = "require('node:child_process').spawn(process.execPath, ['-e', " + JSON.stringify(deaf) + "], { stdio: 'ignore' });" + deaf;
  spawn(process.execPath, ['-e', middle], { detached: true, stdio: 'ignore' });
  // As a library would that closes its own and leaves the end to others.
  process.on('SIGTERM', () => undefined);
  console.log('started');
  setInterval(() => undefined, 1000);`;

it.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a bench that is ended by %s leaves no process and no folder behind', async (signal, code) => {
  const folder = path.join(root, 'bench');
  const bench = startNode(['--input-type=module', '--eval', script(folder)], {});
  await bench.says(/started/);
  const started = await bench.below(2);
  bench.kill(signal);
  expect(await bench.ended).toBe(code);
  while (started.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(existsSync(folder)).toBe(false);
});
