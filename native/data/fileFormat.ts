import { stat } from 'node:fs/promises';
import { OrthantError } from '../contract/errors.ts';
import { describeFileError } from '../contract/fileErrors.ts';
import type { FileFormatId } from '../contract/fileFormats.ts';

/** A file on the disk: whether it is there, what its first bytes are, and what to say where it cannot be read. */

export interface FileFormat extends FileFacts {
  readonly format: FileFormatId;
  /** Whether all of it is in gzip. */
  readonly compressed: boolean;
  /** The first bytes, unzipped: at most `headBytes`. */
  readonly head: Buffer;
}

/** Enough for the header of any table with a sensible number of columns. */
export const headBytes = 2 ** 22;

/** What tells whether a file is still the one that was read. */
export interface FileFacts {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** @throws OrthantError `file` where there is no readable file, `data` where it is empty */
export async function fileFacts(path: string): Promise<FileFacts> {
  let facts;
  try {
    facts = await stat(path);
  } catch (error) {
    throw explainFileError(error, path);
  }
  if (facts.isDirectory()) {
    throw new OrthantError('file', `${path} is a folder. Name the data file inside it.`);
  }
  if (!facts.isFile()) {
    throw new OrthantError('file', `${path} is not a regular file. Save the data to a file first.`);
  }
  if (facts.size === 0) {
    throw new OrthantError('data', `${path} is empty (0 bytes). Check that it was saved or downloaded completely.`);
  }
  return { bytes: facts.size, modified: facts.mtimeMs };
}

/** A failed system call as one paragraph: what, where, what to do. */
export const explainFileError = (error: unknown, path: string): Error => describeFileError(error, `read ${path}`);

/** A failed unzipping as one paragraph: `data` where the file is damaged, else as {@link explainFileError} has it. */
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

/** UTF-16 without a byte order mark: every second byte of ASCII text is zero. */
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
