import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { attempt } from '../contract/fileErrors.ts';
import { makeFolder } from '../system/files.mjs';

/**
 * Creates the folder of a new run, named by date and time and by the words. Runs started in the same second, for
 * example by a script with several seeds, get separate folders.
 *
 * @param folder - folder of all runs; created if it does not exist
 * @param words - added to the name, reduced to characters that every file system accepts
 * @returns the empty folder
 * @throws OrthantError `file` if it cannot be created
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
