import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EpochMetrics } from '../contract/results.ts';
import { appendMetrics, readMetrics, truncateMetrics } from './metrics.ts';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'orthant-metrics-')), 'metrics.jsonl');
});
afterEach(() => {
  rmSync(path.dirname(file), { recursive: true, force: true });
});

const metrics = (epoch: number): EpochMetrics => ({
  epoch,
  step: epoch * 7,
  seconds: epoch / 3,
  learningRate: 1e-3 / epoch,
  objective: 1 / 3 / epoch,
  splits: {
    train: {
      rows: 5,
      loss: 0.1,
      outputs: [{ name: 'größe', rmse: 1, mae: 1, negativeShare: 0.2, violationShare: 0.2, minimum: -1e-9 }],
    },
  },
  constraint: { largestMultiplier: 0 },
  distribution: [],
  best: true,
});

const write = (count: number): EpochMetrics[] => {
  rmSync(file, { force: true });
  const all = Array.from({ length: count }, (_, i) => metrics(i + 1));
  for (const each of all) appendMetrics(file, each);
  return all;
};

test('appended epochs are read in order', () => {
  expect(readMetrics(file)).toEqual([]);
  const all = write(4);
  expect(readMetrics(file)).toEqual(all);
});

test('a file cut anywhere is read up to the last complete line, without an error', () => {
  const all = write(3);
  const bytes = readFileSync(file);
  const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 0x0a);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length }), (length) => {
      writeFileSync(file, bytes.subarray(0, length));
      expect(readMetrics(file)).toEqual(all.slice(0, lineEnds.filter((end) => end < length).length));
    }),
    { numRuns: 200 },
  );
});

test('a resumed run removes the epochs after its checkpoint, and an incomplete line', () => {
  const all = write(5);
  appendFileSync(file, '{"epoch":6,');
  truncateMetrics(file, 3);
  expect(readMetrics(file)).toEqual(all.slice(0, 3));
  appendMetrics(file, metrics(4));
  expect(readMetrics(file)).toEqual(all.slice(0, 4));
});

test.runIf(existsSync('/dev/full'))('a full disk is reported with the solution', () => {
  expect(() => {
    appendMetrics('/dev/full', metrics(1));
  }).toThrow('Cannot write /dev/full: the disk is full. Free some space, or choose a folder on another disk.');
});
