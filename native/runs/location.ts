import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Where runs live unless they are given a folder of their own: `ORTHANT_RUNS`, or `Orthant/runs` in the home folder. */
export function runsFolder(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const chosen = env.ORTHANT_RUNS;
  return chosen === undefined || chosen === '' ? path.join(home, 'Orthant', 'runs') : path.resolve(chosen);
}

/**
 * A folder for a new run that is not there yet: date and time, then what is trained on and how.
 *
 * @param words - become part of the name, cut to what every file system takes
 */
export function newRunFolder(folder: string, created: Date, words: readonly string[]): string {
  const stamp = created.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const name = [stamp, ...words.map(plainWord)].filter((word) => word !== '').join('-');
  let place = path.join(folder, name);
  for (let number = 2; existsSync(place); number++) place = path.join(folder, `${name}-${number}`);
  return place;
}

const plainWord = (word: string): string =>
  word
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .toLowerCase();
