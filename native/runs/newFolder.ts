import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { attempt } from '../contract/fileErrors.ts';
import { makeFolder } from '../system/files.mjs';

/**
 * Makes the folder of a new run: date and time, then what is trained on and how. Runs that are begun in the same second, as
 * a script does with several seeds, get one each.
 *
 * @param folder - of all runs; made where it is missing
 * @param words - become part of the name, cut to what every file system takes
 * @returns the empty folder
 * @throws OrthantError `file` when it cannot be made
 */
export function makeRunFolder(folder: string, created: Date, words: readonly string[]): string {
  const stamp = created.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const name = [stamp, ...words.map(plainWord)].filter((word) => word !== '').join('-');
  return attempt(`make a folder for the run in ${folder}`, () => {
    makeFolder(folder);
    for (let number = 1; ; number++) {
      const place = path.join(folder, number === 1 ? name : `${name}-${number}`);
      if (isFirstToMake(place)) return place;
    }
  });
}

function isFirstToMake(place: string): boolean {
  try {
    mkdirSync(place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

const plainWord = (word: string): string =>
  word
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .toLowerCase();
