import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a small file so that a reader, and a crash at any moment, finds the old text or the new one whole: a temporary
 * name in the same folder, fsync, rename. A link stays one, and a file that is there keeps its permissions.
 *
 * @param mode - permissions of a file that is not there yet, as `chmod` takes them
 * @throws the file system's error; what was there is then still there
 */
export async function writeAtomically(file: string, text: string, mode = 0o644): Promise<void> {
  const place = await realpath(file).catch(() => file);
  const present = await stat(place).catch(() => undefined);
  await mkdir(path.dirname(place), { recursive: true });
  const temporary = `${place}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      if (present !== undefined) await handle.chmod(present.mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
