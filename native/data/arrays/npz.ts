import { unzipSync } from 'fflate';
import { OrthantError } from '../../contract/errors.ts';
import type { StoredArray } from './array.ts';
import { parseNpy } from './npy.ts';

/**
 * Reads an NPZ file: a zip archive with one NPY file per array, named after the array.
 *
 * @throws OrthantError `data` if the archive is damaged or holds anything but NPY files
 */
export function parseNpz(bytes: Buffer, path: string): StoredArray[] {
  let entries;
  try {
    entries = unzipSync(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OrthantError(
      'data',
      `${path} is a damaged or truncated zip archive (${reason}). Get it again, or save it again with numpy.savez.`,
      { cause: error },
    );
  }
  const names = Object.keys(entries).filter((name) => !name.endsWith('/'));
  if (names.length === 0) throw new OrthantError('data', `${path} is a zip archive without files.`);
  const other = names.find((name) => !name.endsWith('.npy'));
  if (other !== undefined) {
    throw new OrthantError(
      'data',
      `${path} is a zip archive that holds "${other}". The only archives Orthant reads are NPZ (NPY files); unpack it and open the file inside.`,
    );
  }
  return names.map((name) => {
    const { buffer, byteOffset, byteLength } = entries[name] ?? new Uint8Array();
    const short = name.slice(0, -'.npy'.length);
    return parseNpy(Buffer.from(buffer, byteOffset, byteLength), short, `The array "${short}" of ${path}`);
  });
}
