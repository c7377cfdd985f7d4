import { stat } from 'node:fs/promises';
import { OrthantError } from '../contract/errors.ts';
import { describeFileError } from '../contract/fileErrors.ts';
import type { FileFormatId } from '../contract/fileFormats.ts';

/** A file on the disk: its size, time and first bytes, and the errors for a file that cannot be read. */

export interface FileFormat extends FileFacts {
  readonly format: FileFormatId;
  /** Whether the whole file is compressed with gzip. */
  readonly compressed: boolean;
  /** The first bytes, unzipped: at most `headBytes`. */
  readonly head: Buffer;
}

/** Enough for the header of a table with any reasonable number of columns. */
export const headBytes = 2 ** 22;

/** Size and time of a file, to detect that it changed since it was read. */
export interface FileFacts {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** @throws OrthantError `file` if there is no readable file, `data` if it is empty */
export async function fileFacts(path: string): Promise<FileFacts> {
  let facts;
  try {
    facts = await stat(path);
  } catch (error) {
    throw explainFileError(error, path);
  }
  if (facts.isDirectory()) {
    throw new OrthantError('file', `${path} is a folder. Choose the data file inside it.`);
  }
  if (!facts.isFile()) {
    throw new OrthantError('file', `${path} is not a regular file. Save the data to a file first.`);
  }
  if (facts.size === 0) {
    throw new OrthantError('data', `${path} is empty (0 bytes). Check that it was saved or downloaded completely.`);
  }
  return { bytes: facts.size, modified: facts.mtimeMs };
}

/** Explains a failed system call in one paragraph: what failed, where, what to do. */
export const explainFileError = (error: unknown, path: string): Error => describeFileError(error, `read ${path}`);

/** Explains a failed decompression: `data` if the file is damaged, else the error of {@link explainFileError}. */
export function explainGzipError(error: unknown, path: string): Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'Z_BUF_ERROR') {
    return new OrthantError(
      'data',
      `${path} is a gzip file that ends too early: it was not saved or downloaded completely. Get it again.`,
      { cause: error },
    );
  }
  if (code?.startsWith('Z_') === true) {
    const reason = error instanceof Error ? error.message : String(error);
    return new OrthantError('data', `${path} is a damaged gzip file (${reason}). Get it again.`, { cause: error });
  }
  return explainFileError(error, path);
}

/** Byte order of UTF-16 text, by its byte order mark, or because every second byte of ASCII text is zero. */
export function isUtf16(head: Buffer): 'le' | 'be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'be';
  const pairs = Math.min(2048, head.length >> 1);
  if (pairs < 2) return undefined;
  const zeros = [0, 0];
  for (let index = 0; index < 2 * pairs; index++) if (head[index] === 0) zeros[index & 1] = (zeros[index & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > 0.7 * pairs && even < 0.05 * pairs) return 'le';
  if (even > 0.7 * pairs && odd < 0.05 * pairs) return 'be';
  return undefined;
}
