import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listCheckpoints, readLastCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoints.ts';

let run: string;
beforeEach(() => {
  run = mkdtempSync(path.join(tmpdir(), 'orthant-checkpoints-'));
});
afterEach(() => {
  rmSync(run, { recursive: true, force: true });
});

const checkpoint = (step: number): Checkpoint => ({
  epoch: Math.floor(step / 10),
  step,
  state: { step, text: 'µ', numbers: [0.1, 1 / 3, 5e-324] },
  tensors: {
    'layer0.kernel': { shape: [2, 3], data: Float32Array.from({ length: 6 }, (_, i) => step + i / 7) },
    order: { shape: [3], data: Int32Array.of(2, 0, step) },
    scalar: { shape: [], data: Float32Array.of(step) },
  },
});

const folders = (): string[] => readdirSync(path.join(run, 'checkpoints')).sort();

test('the last checkpoint is read as written, bit for bit, and two are kept', () => {
  expect(readLastCheckpoint(run)).toBeUndefined();
  for (let step = 1; step <= 12; step++) {
    writeCheckpoint(run, checkpoint(step));
    expect(readLastCheckpoint(run)).toEqual(checkpoint(step));
  }
  expect(folders()).toEqual(['000011', '000012']);
});

test('the list has all checkpoints, including those no longer kept, without a damaged one', () => {
  expect(listCheckpoints(run)).toEqual([]);
  const places = (...steps: number[]) => steps.map((step) => ({ epoch: Math.floor(step / 10), step }));
  for (const step of [10, 20, 30, 40]) writeCheckpoint(run, checkpoint(step));
  expect(folders()).toEqual(['000003', '000004']);
  expect(listCheckpoints(run)).toEqual(places(10, 20, 30, 40));
  // The run resumes from the checkpoint before, and writes the damaged one again.
  truncateSync(path.join(run, 'checkpoints/000004/state.json'), 5);
  expect(listCheckpoints(run)).toEqual(places(10, 20, 30));
  writeCheckpoint(run, checkpoint(35));
  writeCheckpoint(run, checkpoint(45));
  expect(listCheckpoints(run)).toEqual(places(10, 20, 30, 35, 45));
});

test('a run resumed from an earlier checkpoint lists the later ones only once', () => {
  for (const step of [10, 20, 30]) writeCheckpoint(run, checkpoint(step));
  truncateSync(path.join(run, 'checkpoints/000003/tensors.safetensors'), 40);
  expect(readLastCheckpoint(run)?.step).toBe(20);
  for (const step of [25, 35]) writeCheckpoint(run, checkpoint(step));
  expect(listCheckpoints(run).map(({ step }) => step)).toEqual([10, 20, 25, 35]);
});

test('a very long list of checkpoints is thinned evenly, so that the record stays small', () => {
  const first = path.join(run, 'checkpoints', '000001', 'state.json');
  writeCheckpoint(run, checkpoint(4000));
  const earlier = Array.from({ length: 399 }, (_, i) => [i, 10 * (i + 1)]);
  writeFileSync(first, JSON.stringify({ ...(JSON.parse(readFileSync(first, 'utf8')) as object), earlier }));
  expect(listCheckpoints(run)).toHaveLength(400);
  for (const step of [4010, 4020, 4030]) writeCheckpoint(run, checkpoint(step));
  const steps = listCheckpoints(run).map(({ step }) => step);
  expect(steps.length).toBeLessThanOrEqual(210);
  expect([steps.at(0), steps.at(-1)]).toEqual([10, 4030]);
  expect(Math.max(...steps.slice(1).map((step, i) => step - steps[i]!))).toBeLessThanOrEqual(40);
});

test('two checkpoints at the same step both count; the later one is read', () => {
  writeCheckpoint(run, checkpoint(5));
  writeCheckpoint(run, { ...checkpoint(5), state: { changed: true } });
  expect(readLastCheckpoint(run)?.state).toEqual({ changed: true });
});

test('float64 numbers of the state survive exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 20 }), (numbers) => {
      writeCheckpoint(run, { ...checkpoint(1), state: { numbers: numbers.map((number) => number + 0) } });
      expect(readLastCheckpoint(run)?.state).toEqual({ numbers: numbers.map((number) => number + 0) });
    }),
    { numRuns: 50 },
  );
});

test('a state that JSON would change silently is refused', () => {
  expect(() => {
    writeCheckpoint(run, { ...checkpoint(1), state: { best: { loss: Infinity } } });
  }).toThrow(/"loss" is Infinity/);
  expect(readLastCheckpoint(run)).toBeUndefined();
  expect(folders()).toEqual([]);
});

test('writing a checkpoint does not create the folder of a removed run again', () => {
  rmSync(run, { recursive: true });
  expect(() => {
    writeCheckpoint(run, checkpoint(1));
  }).toThrow(/Cannot write the checkpoint .*000001: it does not exist/);
  expect(existsSync(run)).toBe(false);
});

test('leftovers of an interrupted writer are ignored and removed', () => {
  writeCheckpoint(run, checkpoint(1));
  const leftover = path.join(run, 'checkpoints', '.000002.abcdef.tmp');
  mkdirSync(leftover);
  writeFileSync(path.join(leftover, 'state.json'), '{');
  expect(readLastCheckpoint(run)).toEqual(checkpoint(1));
  writeCheckpoint(run, checkpoint(2));
  expect(folders()).toEqual(['000001', '000002']);
});

test('if the last checkpoint is damaged, the one before it is read; if both are, the error gives the reason', () => {
  writeCheckpoint(run, checkpoint(1));
  writeCheckpoint(run, checkpoint(2));
  truncateSync(path.join(run, 'checkpoints', '000002', 'tensors.safetensors'), 40);
  expect(readLastCheckpoint(run)).toEqual(checkpoint(1));
  writeFileSync(path.join(run, 'checkpoints', '000001', 'state.json'), '{"format":1');
  expect(() => readLastCheckpoint(run)).toThrow(/No checkpoint .* can be read/);
});
