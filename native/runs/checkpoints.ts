import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OrthantError } from '../contract/errors.ts';
import { evenly } from '../base/evenly.ts';
import { attempt, describeFileError } from '../contract/fileErrors.ts';
import { makeFolder, move, syncFolder, temporaryName, writeFileAtomic } from '../system/files.mjs';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from './safetensors.ts';

/**
 * Checkpoints: `checkpoints/000001/`, `000002/`, ... in the order of writing, each with `tensors.safetensors` and
 * `state.json`. A checkpoint is written under a temporary name, flushed and renamed, so that a numbered folder is
 * complete. The last two are kept, in case the last one is damaged. Each records the epoch and step of the earlier
 * ones, for the marks on the run's curves.
 */

export interface Checkpoint {
  /** Epochs completed. */
  readonly epoch: number;
  /** Steps completed. */
  readonly step: number;
  /** All training state that is not a tensor, as JSON. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, SafeTensor>>;
}

/** Epoch and step of a run at a checkpoint. */
export type CheckpointPlace = Pick<Checkpoint, 'epoch' | 'step'>;

const kept = 2;
/** A longer list of checkpoints is thinned evenly. */
const mostPlaces = 400;
const stateFile = 'state.json';
const tensorsFile = 'tensors.safetensors';

const stateSchema = z.object({
  format: z.literal(1),
  epoch: z.int().min(0),
  step: z.int().min(0),
  /** Epoch and step of the earlier checkpoints. */
  earlier: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
  state: z.record(z.string(), z.unknown()),
});

const checkpointsFolder = (run: string): string => path.join(run, 'checkpoints');

/**
 * Adds a checkpoint to a run folder and removes those that are no longer needed.
 *
 * @throws OrthantError `file` if it cannot be written; the earlier checkpoints are then unchanged
 */
export function writeCheckpoint(run: string, { epoch, step, state, tensors }: Checkpoint): void {
  const folder = checkpointsFolder(run);
  const numbers = listNumbers(folder);
  const place = path.join(folder, folderName((numbers.at(-1) ?? 0) + 1));
  const temporary = temporaryName(place);
  // A run resumed from an older checkpoint writes the later ones again.
  const earlier = listCheckpoints(run)
    .filter((other) => other.step < step)
    .map((other): [number, number] => [other.epoch, other.step]);
  try {
    // Fails if the run was removed: writing must not create a folder without a run.
    statSync(run);
    makeFolder(temporary);
    writeFileAtomic(path.join(temporary, tensorsFile), encodeSafetensors(tensors));
    writeFileAtomic(
      path.join(temporary, stateFile),
      JSON.stringify({ format: 1, epoch, step, earlier, state }, finite),
    );
    syncFolder(temporary);
    move(temporary, place);
    syncFolder(folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw describeFileError(error, `write the checkpoint ${place}`);
  }
  removeOld(folder);
}

/** Refuses numbers that are not finite, because JSON would store null instead. */
function finite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new OrthantError('internal', `The checkpoint's state "${key}" is ${value}, which JSON cannot hold.`);
  }
  return value;
}

/**
 * The last complete checkpoint of a run folder; undefined if it has none.
 *
 * @throws OrthantError `run` if it has checkpoints and none of them can be read
 */
export function readLastCheckpoint(run: string): Checkpoint | undefined {
  const folder = checkpointsFolder(run);
  const numbers = listNumbers(folder);
  let firstFailure: unknown;
  for (const number of numbers.reverse()) {
    try {
      return readCheckpoint(path.join(folder, folderName(number)));
    } catch (error) {
      firstFailure ??= error;
    }
  }
  if (firstFailure === undefined) return undefined;
  throw new OrthantError(
    'run',
    `No checkpoint in ${folder} can be read. ${(firstFailure as Error).message} Train the run again from its configuration.`,
    { cause: firstFailure },
  );
}

/**
 * Epoch and step of the checkpoints a run has written, in order, including those no longer kept; a very long list is
 * thinned evenly. A checkpoint whose state cannot be read is left out.
 */
export function listCheckpoints(run: string): readonly CheckpointPlace[] {
  const folder = checkpointsFolder(run);
  const states = listNumbers(folder).flatMap((number) => {
    try {
      return [readState(path.join(folder, folderName(number)))];
    } catch {
      // Damaged, or just removed by the running process.
      return [];
    }
  });
  const before = states[0]?.earlier.map(([epoch, step]) => ({ epoch, step })) ?? [];
  return evenly([...before, ...states.map(({ epoch, step }) => ({ epoch, step }))], mostPlaces, ({ step }) => step);
}

const folderName = (number: number): string => String(number).padStart(6, '0');

function readCheckpoint(place: string): Checkpoint {
  const { epoch, step, state } = readState(place);
  const { tensors } = decodeSafetensors(read(place, tensorsFile), path.join(place, tensorsFile));
  return { epoch, step, state, tensors };
}

const readState = (place: string): z.infer<typeof stateSchema> =>
  stateSchema.parse(JSON.parse(read(place, stateFile).toString('utf8')));

function read(place: string, name: string): Buffer {
  const file = path.join(place, name);
  return attempt(`read ${file}`, () => readFileSync(file));
}

/** Numbers of the complete checkpoints, ascending. */
function listNumbers(folder: string): number[] {
  return entries(folder)
    .filter((name) => /^\d{6,}$/.test(name))
    .map(Number)
    .sort((first, second) => first - second);
}

/** Removes old checkpoints, and leftovers of a process that ended while writing one. */
function removeOld(folder: string): void {
  const keep = new Set(listNumbers(folder).slice(-kept).map(folderName));
  for (const name of entries(folder)) {
    if (keep.has(name)) continue;
    try {
      rmSync(path.join(folder, name), { recursive: true, force: true });
    } catch {
      // The next call tries again. The new checkpoint is complete, so the run continues.
    }
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw describeFileError(error, `read ${folder}`);
  }
}
