import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunConfiguration } from '../contract/configuration.ts';
import { describeZodError, OrthantError } from '../contract/errors.ts';
import type { EpochMetrics } from '../contract/results.ts';
import { runRecordSchema, type RunRecord } from '../contract/runRecord.ts';
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
 * A run as a folder: `run.json` (everything needed to repeat it, and its state), `metrics.jsonl`, `checkpoints/`, the
 * exported model. Only one process at a time writes it: the one named in the lock of `run.json`.
 */
export class RunFolder {
  /** Absolute path. */
  readonly path: string;

  private constructor(folder: string) {
    this.path = path.resolve(folder);
  }

  /**
   * Creates the folder of a new run and locks it for this process.
   *
   * @throws OrthantError `run` if the folder holds another run or anything else; `file` if it cannot be created.
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
   * Opens an existing run folder without locking it.
   *
   * @throws OrthantError `run` if there is no run or `run.json` is damaged
   */
  static open(folder: string): RunFolder {
    const run = new RunFolder(folder);
    run.read();
    return run;
  }

  /** Reads `run.json` from the disk. */
  read(): RunRecord {
    return readRecord(this.path);
  }

  /**
   * Changes `run.json`. Several processes may do so (a run can be renamed while it trains): each change applies to the
   * record on the disk at that moment.
   *
   * @param change - fields to replace; `undefined` removes a field
   */
  update(change: { [Field in keyof RunRecord]?: RunRecord[Field] | undefined }): RunRecord {
    return this.change((record) => ({ ...record, ...change }));
  }

  /**
   * Locks the folder for this process, taking over the lock of a process that has ended.
   *
   * @throws OrthantError `run` if another process holds the lock
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

  /** Removes the metrics of the epochs after `epoch`. */
  truncateMetrics(epoch: number): void {
    truncateMetrics(this.file(runFiles.metrics), epoch);
  }

  writeCheckpoint(checkpoint: Checkpoint): void {
    writeCheckpoint(this.path, checkpoint);
  }

  readLastCheckpoint(): Checkpoint | undefined {
    return readLastCheckpoint(this.path);
  }

  /** Epoch and step of the checkpoints that were written, in order. */
  listCheckpoints(): readonly CheckpointPlace[] {
    return listCheckpoints(this.path);
  }

  /** Removes the exported model, because it no longer matches the run. */
  removeModel(): void {
    for (const name of [runFiles.onnx, runFiles.onnxJson]) rmSync(this.file(name), { force: true });
  }

  /** Absolute path of a file in the folder. */
  file(name: string): string {
    return path.join(this.path, name);
  }

  /** Removes a run that failed before it was worth keeping, so that its folder can be used again. */
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
        `${this.path} already holds another run. Choose another folder, or resume that run: orthant resume ${this.path}`,
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

/** The process that works on a run, if it is still running. */
export const lockHolder = ({ lock }: RunRecord): RunRecord['lock'] =>
  lock !== undefined && isRunning(lock) ? lock : undefined;

/**
 * Reads `run.json` of a folder.
 *
 * @throws OrthantError `run` if it is missing or damaged
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
        ? `There is no folder ${folder}. "orthant runs" lists the existing runs.`
        : `${folder} does not hold a run: run.json is missing. "orthant runs" lists the existing runs.`,
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
