import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runConfigurationSchema } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { Random } from '../base/random.ts';
import { RunFolder } from './folder.ts';
import { currentState } from './list.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'orthant-crash-'));
const writer = path.join(folder, 'writer.js');

/** Writes the files of a training run as fast as it can, without training; all numbers of a step equal the step. */
const writerSource = (folderModule: string): string => `
  import { RunFolder } from ${JSON.stringify(folderModule)};
  const run = RunFolder.open(process.argv[2]);
  run.lock();
  const first = run.readLastCheckpoint()?.epoch ?? 0;
  run.truncateMetrics(first);
  run.update({ state: 'training' });
  process.send('writing');
  for (let epoch = first + 1; ; epoch++) {
    run.appendMetrics({
      epoch, step: epoch, seconds: epoch, learningRate: 1, objective: epoch, splits: {},
      constraint: { largestMultiplier: epoch }, distribution: [], best: true,
    });
    run.writeCheckpoint({
      epoch, step: epoch, state: { epoch },
      tensors: { weights: { shape: [20000], data: new Float32Array(20000).fill(epoch) } },
    });
    run.update({ name: 'epoch ' + epoch });
  }`;

beforeAll(async () => {
  const entry = path.join(folder, 'entry.js');
  writeFileSync(entry, writerSource(path.resolve(import.meta.dirname, 'folder.ts')));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'writer.js' } },
    },
  });
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const newRun = {
  configuration: runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } } }),
  changes: [],
  name: 'run',
  orthant: '0.0.0',
};

test('killed at any moment, a run resumes from its last complete checkpoint', async () => {
  const place = path.join(folder, 'run');
  RunFolder.create(place, newRun).update({ lock: undefined });
  const random = new Random(1, 'moments');
  let reached = 0;
  // Repeat until some checkpoints were written, however slow the machine is.
  for (let round = 0; round < 12 || reached <= 5; round++) {
    const child = fork(writer, [place], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.once('message', resolve));
    await new Promise((resolve) => setTimeout(resolve, 60 * random.uniform()));
    child.kill('SIGKILL');
    await ended;

    const run = RunFolder.open(place);
    const record = run.read();
    expect(record.lock?.pid).toBe(child.pid);
    expect(currentState(record)).toBe('interrupted');
    const checkpoint = run.readLastCheckpoint();
    const epoch = checkpoint?.epoch ?? 0;
    expect(epoch).toBeGreaterThanOrEqual(reached);
    if (checkpoint !== undefined) {
      expect(checkpoint.state).toEqual({ epoch });
      expect(new Set(checkpoint.tensors.weights?.data)).toEqual(new Set([epoch]));
    }
    // An epoch is recorded before its checkpoint is written.
    expect(run.readMetrics().map((metrics) => metrics.epoch)).toEqual(
      Array.from({ length: Math.max(epoch, run.readMetrics().length) }, (_, i) => i + 1),
    );
    reached = epoch;
  }
  const run = RunFolder.open(place);
  run.lock();
  run.writeCheckpoint({ epoch: reached + 1, step: 1, state: {}, tensors: {} });
  expect(readdirSync(path.join(place, 'checkpoints')).filter((name) => name.startsWith('.'))).toEqual([]);
});

/** Mounts a file system of 1 MB; undefined if this user may not. */
function mountSmall(): string | undefined {
  const place = path.join(folder, 'small');
  mkdirSync(place);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]).status === 0 ? place : undefined;
}

const small = mountSmall();
if (small === undefined) console.warn('The test of a full disk is skipped: no small file system can be mounted here.');

test.runIf(small !== undefined)(
  'a full disk: the error gives the solution, earlier checkpoints stay, no incomplete one is left',
  () => {
    const mounted = small!;
    try {
      const run = RunFolder.create(path.join(mounted, 'run'), newRun);
      const checkpoint = (epoch: number, size: number) => ({
        epoch,
        step: epoch,
        state: { epoch },
        tensors: { weights: { shape: [size], data: new Float32Array(size).fill(epoch) } },
      });
      run.writeCheckpoint(checkpoint(1, 50_000));
      run.writeCheckpoint(checkpoint(2, 50_000));
      let thrown: unknown;
      try {
        run.writeCheckpoint(checkpoint(3, 200_000));
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(OrthantError);
      expect(thrown).toMatchObject({
        code: 'file',
        message: expect.stringMatching(
          /^Cannot write the checkpoint \S+\/000003: the disk is full\. Free some space/,
        ) as string,
      });
      expect(run.readLastCheckpoint()?.epoch).toBe(2);
      expect(readdirSync(path.join(run.path, 'checkpoints'))).toEqual(['000001', '000002']);

      writeFileSync(path.join(mounted, 'filler'), Buffer.alloc(2_000), { flag: 'w' });
      let filled = 0;
      try {
        for (; ; filled++) writeFileSync(path.join(mounted, `filler-${filled}`), Buffer.alloc(4096));
      } catch {
        // The disk is full now.
      }
      const before = run.read();
      expect(() => run.update({ name: 'x'.repeat(100_000) })).toThrow(/disk is full/);
      expect(run.read()).toEqual(before);
    } finally {
      spawnSync('umount', [mounted]);
    }
  },
);
