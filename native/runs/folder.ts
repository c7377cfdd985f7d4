import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunConfiguration } from '../contract/configuration.ts';
import { describeZodError, OrthantError } from '../contract/errors.ts';
import type { EpochMetrics } from '../contract/results.ts';
import { runRecordSchema, type RunRecord } from '../contract/runs.ts';
import { attempt, describeFileError } from '../contract/fileErrors.ts';
import { makeFolder, writeFileAtomic } from '../system/files.mjs';
import { exclusively } from '../system/lock.mjs';
import { isRunning, thisProcess } from '../system/processes.mjs';
import {
  listCheckpoints,
  readLastCheckpoint,
  writeCheckpoint,
  type Checkpoint,
  type CheckpointPlace,
} from './checkpoints.ts';
import { appendMetrics, readMetrics, truncateMetrics } from './metrics.ts';

/** Files of a run folder. */
export const runFiles = {
  record: 'run.json',
  metrics: 'metrics.jsonl',
  onnx: 'model.onnx',
  onnxJson: 'model.onnx.json',
} as const;

/** Lock file, held while `run.json` is rewritten. */
const exclusiveFile = '.run.json.lock';

export interface NewRun {
  readonly configuration: RunConfiguration;
  /** Changes made while an earlier run of this configuration was paused, to be replayed. */
  readonly changes: RunRecord['changes'];
  readonly name: string;
  /** Version of Orthant. */
  readonly orthant: string;
}

/**
 * A run as a folder: `run.json` (everything needed to repeat it, and where it stands), `metrics.jsonl`, `checkpoints/`,
 * the exported model. One process at a time writes it: the one named in the lock of `run.json`.
 */
export class RunFolder {
  /** Absolute. */
  readonly path: string;

  private constructor(folder: string) {
    this.path = path.resolve(folder);
  }

  /**
   * Makes the folder of a new run and locks it for this process.
   *
   * @throws OrthantError `run` when the folder holds another run or anything else; `file` when it cannot be made.
   *   Nothing is overwritten.
   */
  static create(folder: string, { configuration, changes, name, orthant }: NewRun): RunFolder {
    const run = new RunFolder(folder);
    const now = new Date().toISOString();
    const record: RunRecord = {
      format: 1,
      id: randomUUID(),
      name,
      created: now,
      updated: now,
      state: 'queued',
      configuration,
      changes,
      versions: {
        orthant,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
      },
      lock: thisProcess(),
    };
    attempt(`make the run folder ${run.path}`, () => {
      makeFolder(run.path);
      exclusively(run.file(exclusiveFile), () => {
        run.refuseContents();
        run.write(record);
      });
    });
    return run;
  }

  /**
   * An existing run folder, not locked.
   *
   * @throws OrthantError `run` when there is no run or `run.json` is damaged
   */
  static open(folder: string): RunFolder {
    const run = new RunFolder(folder);
    run.read();
    return run;
  }

  /** `run.json` as it stands on the disk. */
  read(): RunRecord {
    return readRecord(this.path);
  }

  /**
   * Changes `run.json`. Several processes may do so (a run can be renamed while it trains): each change is made to what
   * is on the disk at that moment.
   *
   * @param change - fields to replace; `undefined` removes one
   */
  update(change: { [Field in keyof RunRecord]?: RunRecord[Field] | undefined }): RunRecord {
    return this.change((record) => ({ ...record, ...change }));
  }

  /**
   * Locks the folder for this process, taking over the lock of a process that is gone.
   *
   * @throws OrthantError `run` when another process holds it
   */
  lock(): void {
    this.change((record) => {
      const holder = lockHolder(record);
      if (holder !== undefined && holder.pid !== process.pid) {
        throw new OrthantError(
          'run',
          `Another process (${holder.pid}) is working on the run in ${this.path}. Wait for it, or end it first.`,
        );
      }
      return { ...record, lock: thisProcess() };
    });
  }

  appendMetrics(metrics: EpochMetrics): void {
    appendMetrics(this.file(runFiles.metrics), metrics);
  }

  readMetrics(): EpochMetrics[] {
    return readMetrics(this.file(runFiles.metrics));
  }

  /** Forgets the epochs after `epoch`. */
  truncateMetrics(epoch: number): void {
    truncateMetrics(this.file(runFiles.metrics), epoch);
  }

  writeCheckpoint(checkpoint: Checkpoint): void {
    writeCheckpoint(this.path, checkpoint);
  }

  readLastCheckpoint(): Checkpoint | undefined {
    return readLastCheckpoint(this.path);
  }

  /** Where the checkpoints stand that were written, in their order. */
  listCheckpoints(): readonly CheckpointPlace[] {
    return listCheckpoints(this.path);
  }

  /** Removes the exported model: it is none of the run's any more. */
  removeModel(): void {
    for (const name of [runFiles.onnx, runFiles.onnxJson]) rmSync(this.file(name), { force: true });
  }

  /** Absolute path of a file in the folder. */
  file(name: string): string {
    return path.join(this.path, name);
  }

  /** Removes a run that came to nothing before it was worth keeping, so that its folder can be used again. */
  discard(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private change(make: (record: RunRecord) => { [Field in keyof RunRecord]: RunRecord[Field] | undefined }): RunRecord {
    return attempt(`write ${this.file(runFiles.record)}`, () =>
      exclusively(this.file(exclusiveFile), () => {
        const { lock, ...record } = runRecordSchema.parse({ ...make(this.read()), updated: new Date().toISOString() });
        const whole = lock === undefined ? record : { ...record, lock };
        this.write(whole);
        return whole;
      }),
    );
  }

  private write(record: RunRecord): void {
    writeFileAtomic(this.file(runFiles.record), `${JSON.stringify(record, null, 2)}\n`);
  }

  private refuseContents(): void {
    const names = readdirSync(this.path).filter((name) => !name.startsWith(exclusiveFile));
    if (names.includes(runFiles.record)) {
      throw new OrthantError(
        'run',
        `${this.path} holds another run already. Choose another folder, or go on with that run: orthant resume ${this.path}`,
        { field: 'out' },
      );
    }
    if (names.length > 0) {
      throw new OrthantError(
        'run',
        `${this.path} is not empty (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}), and a run folder must be. Choose another folder.`,
        { field: 'out' },
      );
    }
  }
}

/** The process that works on a run, if it still runs. */
export const lockHolder = ({ lock }: RunRecord): RunRecord['lock'] =>
  lock !== undefined && isRunning(lock) ? lock : undefined;

/**
 * Reads `run.json` of a folder.
 *
 * @throws OrthantError `run` when it is missing or damaged
 */
export function readRecord(folder: string): RunRecord {
  const file = path.join(folder, runFiles.record);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw describeFileError(error, `read ${file}`);
    const there = statSync(folder, { throwIfNoEntry: false });
    throw new OrthantError(
      'run',
      there === undefined
        ? `There is no folder ${folder}. "orthant runs" lists the runs that are there.`
        : `${folder} holds no run: run.json is missing. "orthant runs" lists the runs that are there.`,
      { field: 'run', cause: error },
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new OrthantError('run', `${file} is damaged: it is not JSON.`, { field: 'run', cause: error });
  }
  const parsed = runRecordSchema.safeParse(content);
  if (!parsed.success) {
    throw new OrthantError('run', describeZodError(parsed.error, `The record in ${file}`).message, {
      field: 'run',
      cause: parsed.error,
    });
  }
  return parsed.data;
}
