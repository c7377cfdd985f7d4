import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { OrthantError } from '../contract/errors.ts';
import { attempt } from '../contract/fileErrors.ts';
import { makeFolder, move } from '../system/files.mjs';
import { lockHolder, readRecord, RunFolder } from './folder.ts';

/** Deleted runs lie in a hidden folder beside where they were, until they are restored or the bin is emptied. */

const binName = '.bin';
/** A random part, then what the folder was called. */
const binnedName = /^[0-9a-f]{8}-(.+)$/;
const keptDays = 30;

/**
 * Moves a run into the bin beside it, and empties the bin of what has lain there for 30 days.
 *
 * @returns where it lies now
 * @throws OrthantError `run` when the folder holds no run, or a process works on it
 */
export function deleteRun(folder: string): string {
  const { path: place } = RunFolder.open(folder);
  const holder = lockHolder(readRecord(place));
  if (holder !== undefined) {
    throw new OrthantError('run', `The run in ${place} is being worked on (process ${holder.pid}). Stop it first.`, {
      field: 'run',
    });
  }
  const bin = path.join(path.dirname(place), binName);
  const binned = path.join(bin, `${randomBytes(4).toString('hex')}-${path.basename(place)}`);
  attempt(`move ${place} to ${binned}`, () => {
    makeFolder(bin);
    emptyOld(bin);
    move(place, binned);
    const now = new Date();
    utimesSync(binned, now, now);
  });
  return binned;
}

/**
 * Brings a deleted run back to where it was, under another name when that is taken.
 *
 * @param binned - as {@link deleteRun} gave it
 * @returns where it lies now
 */
export function restoreRun(binned: string): string {
  const { path: place } = RunFolder.open(binned);
  const bin = path.dirname(place);
  const name = binnedName.exec(path.basename(place))?.[1];
  if (path.basename(bin) !== binName || name === undefined) {
    throw new OrthantError('run', `${place} is not a deleted run.`, { field: 'binned' });
  }
  const original = path.join(path.dirname(bin), name);
  let target = original;
  for (let number = 2; existsSync(target); number++) target = `${original}-${number}`;
  attempt(`move ${place} to ${target}`, () => {
    move(place, target);
  });
  return target;
}

function emptyOld(bin: string): void {
  const oldest = Date.now() - keptDays * 24 * 60 * 60 * 1000;
  for (const name of readdirSync(bin)) {
    // Whatever else somebody has put there is not ours.
    if (!binnedName.test(name)) continue;
    const place = path.join(bin, name);
    if ((statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < oldest) {
      rmSync(place, { recursive: true, force: true });
    }
  }
}
