import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { OrthantError } from '../contract/errors.ts';
import { attempt } from '../contract/fileErrors.ts';
import { makeFolder, move } from '../system/files.mjs';
import { lockHolder, readRecord, RunFolder } from './folder.ts';

/** Deleted runs are kept in a hidden folder next to their old place, until they are restored or the bin is emptied. */

const binName = '.bin';
/** A random part, then the folder's old name. */
const binnedName = /^[0-9a-f]{8}-(.+)$/;
const keptDays = 30;

/**
 * Moves a run into the bin next to it, and removes runs that were deleted more than 30 days ago.
 *
 * @returns the new path of the run
 * @throws OrthantError `run` if the folder does not hold a run, or a process is working on it
 */
export function deleteRun(folder: string): string {
  const { path: place } = RunFolder.open(folder);
  const holder = lockHolder(readRecord(place));
  if (holder !== undefined) {
    throw new OrthantError('run', `Another process (${holder.pid}) is working on the run in ${place}. Stop it first.`, {
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
 * Restores a deleted run to its old path, with another name if that is taken.
 *
 * @param binned - the path returned by {@link deleteRun}
 * @returns the new path of the run
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
    // Leave other files alone: Orthant did not put them there.
    if (!binnedName.test(name)) continue;
    const place = path.join(bin, name);
    if ((statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < oldest) {
      rmSync(place, { recursive: true, force: true });
    }
  }
}
