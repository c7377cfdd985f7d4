import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../../../native/system/processes.mjs';
import { descendants } from '../../../e2e/hostProcesses.ts';
import { startNode, type Program } from '../../start/testing.ts';
import { takeTurns, within, type Player, type Turn } from './turns.ts';

let folder: string;
let started: Program[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-turns-'));
  started = [];
});
afterEach(async () => {
  const below = started.flatMap(({ pid }) => descendants(pid).map((process) => process.pid));
  for (const pid of below) process.kill(pid, 'SIGKILL');
  for (const program of started) program.kill('SIGKILL');
  while (below.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
  rmSync(folder, { recursive: true, force: true });
});

const ticks = (file: string): number[] => {
  const text = readFileSync(file, 'utf8');
  return text.trimEnd().split('\n').map(Number);
};

/** Notes the time again and again, and so does a program that it starts a while later. */
function ticking(name: string, count: number): Player & { readonly files: readonly string[] } {
  const files = ['own', 'below'].map((of) => path.join(folder, `${name}-${of}`));
  const tick = (file?: string): string =>
    `setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(file)}, Date.now() + '\\n'), 1);`;
  const below = JSON.stringify(tick(files[1]));
  const later = `setTimeout(() => require('node:child_process').spawn(process.execPath, ['-e', ${below}]), 300);`;
  const script = `${later} ${tick(files[0])}`;
  const hasTicked = (file: string, times: number): boolean => existsSync(file) && ticks(file).length > times;
  return {
    files,
    start: async () => {
      const program = startNode(['-e', script], {});
      started.push(program);
      while (!hasTicked(files[0] ?? '', 1)) await new Promise((resolve) => setTimeout(resolve, 5));
      return [program.pid];
    },
    hasEnded: () => files.every((file) => hasTicked(file, count)),
  };
}

it('programs take turns, with all that they have started, and go on when all have ended', async () => {
  const players = [ticking('short', 300), ticking('long', 1200)];
  const turns = await takeTurns(players, 200);
  for (const [index, { files }] of players.entries()) {
    const own = turns[index] ?? [];
    expect(own.length).toBeGreaterThan(2);
    // The last turn is not the end: from there on both are let go.
    const end = Math.max(...turns.flat().map(({ to }) => to));
    for (const file of files) {
      // A moment for the signal to arrive.
      const strays = ticks(file).filter(
        (at) => at < end && !own.some(({ from, to }) => at >= from - 1 && at <= to + 25),
      );
      expect(strays).toEqual([]);
    }
  }
  const [short = [], long = []] = turns;
  expect(long.length).toBeGreaterThan(short.length);
  for (const turn of short) expect(within(long, turn)).toBe(0);
  const before = ticks(players[0]?.files[1] ?? '').length;
  while (ticks(players[0]?.files[1] ?? '').length === before) await new Promise((resolve) => setTimeout(resolve, 5));
});

it('a program that has ended delays no other, and one that fails lets the others continue', async () => {
  const ended: Player = {
    start: () => {
      const program = startNode(['-e', 'setTimeout(() => undefined, 100)'], {});
      started.push(program);
      return Promise.resolve([program.pid]);
    },
    hasEnded: () => started[0]?.text() === '' && turnsSeen++ > 3,
  };
  let turnsSeen = 0;
  expect((await takeTurns([ended], 50))[0]?.length).toBeGreaterThan(3);
  const going = ticking('going', 1_000_000);
  const failing: Player = { start: () => Promise.reject(new Error('It could not be started.')), hasEnded: () => true };
  await expect(takeTurns([going, failing], 50)).rejects.toThrow('It could not be started.');
  const before = ticks(going.files[0] ?? '').length;
  while (ticks(going.files[0] ?? '').length === before) await new Promise((resolve) => setTimeout(resolve, 5));
});

it('counts what of a time falls into turns', () => {
  const turns: Turn[] = [
    { from: 0, to: 10 },
    { from: 30, to: 40 },
  ];
  expect(within(turns, { from: 5, to: 35 })).toBe(10);
  expect(within(turns, { from: 10, to: 30 })).toBe(0);
  expect(within([], { from: 5, to: 35 })).toBe(0);
});
