import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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
    await move(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Milliseconds between one try and the next. */
const waits = [10, 20, 40, 80, 150, 300, 600, 800];

/** Windows refuses it for a moment while another program, most likely a virus scanner, looks at either file. */
export async function move(from: string, to: string, by = rename, platform: string = process.platform): Promise<void> {
  for (const wait of platform === 'win32' ? waits : []) {
    try {
      await by(from, to);
      return;
    } catch (error) {
      if (!['EACCES', 'EBUSY', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await sleep(wait);
    }
  }
  await by(from, to);
}
