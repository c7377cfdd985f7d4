import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Folders } from '../services/folders.ts';

/** An upload younger than this may be about to be used. */
const graceMilliseconds = 24 * 3600 * 1000;

/**
 * Removes uploads that nothing speaks of any more: no run, deleted ones included, no configuration in work, no file remembered as opened.
 * Without this every file that was ever looked at in a browser would stay on the disk a second time.
 *
 * @returns the names of the removed uploads
 */
export async function removeUnusedUploads({ uploads, state, runs }: Folders, now = Date.now()): Promise<string[]> {
  const candidates: string[] = [];
  for (const name of await namesIn(uploads)) {
    const { mtimeMs } = await stat(path.join(uploads, name));
    if (now - mtimeMs > graceMilliseconds) candidates.push(name);
  }
  if (candidates.length === 0) return [];
  const unused = new Set(candidates);
  const documents = [
    path.join(state, 'draft.json'),
    path.join(state, 'recent-files.json'),
    ...(await runsIn(runs)),
    // Deleted ones, until the bin is emptied: they can be brought back.
    ...(await runsIn(path.join(runs, '.bin'))),
  ];
  for (const document of documents) {
    const text = await readOrNothing(document);
    // An upload's folder has a random name, which appears in every path to it.
    for (const name of unused) if (text.includes(name)) unused.delete(name);
  }
  for (const name of unused) await rm(path.join(uploads, name), { recursive: true, force: true });
  return [...unused];
}

const runsIn = async (folder: string): Promise<string[]> =>
  (await namesIn(folder)).map((run) => path.join(folder, run, 'run.json'));

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** The text of a document; one that is not there speaks of nothing. One that cannot be read may, so that is an error. */
async function readOrNothing(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw error;
  }
}
