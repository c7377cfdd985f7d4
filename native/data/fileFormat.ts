import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { OrthantError } from '../contract/errors.ts';
import type { fileFormats } from '../contract/table.ts';
import { describeFileError } from '../contract/fileErrors.ts';

/** What kind of table a file holds, told by its content and never by its name. */

export interface FileFormat extends FileFacts {
  readonly format: (typeof fileFormats)[number];
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

/**
 * Looks at a file's first bytes.
 *
 * @param path - absolute
 * @param facts - as {@link fileFacts} found them
 * @throws OrthantError `data` where the file holds no table
 */
export async function recogniseFile(path: string, { bytes, modified }: FileFacts): Promise<FileFormat> {
  const raw = await readHead(path, bytes);
  const compressed = raw[0] === 0x1f && raw[1] === 0x8b;
  const head = compressed ? await unzippedHead(path) : raw;
  if (head.length === 0) throw new OrthantError('data', `${path} is empty once unzipped. It holds no table.`);
  return { format: formatOf(head, path), compressed, bytes, modified, head };
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

async function readHead(path: string, bytes: number): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const head = Buffer.alloc(Math.min(bytes, headBytes));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } catch (error) {
    throw explainFileError(error, path);
  } finally {
    await file?.close();
  }
}

/** The first unzipped bytes. A damaged end is for the whole reading to find, so an error after some bytes is ignored. */
async function unzippedHead(path: string): Promise<Buffer> {
  const source = createReadStream(path);
  const unzipped = source.pipe(createGunzip());
  // A pipe hands no errors on, and one that nobody hears ends the process.
  source.on('error', (error) => unzipped.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of unzipped as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= headBytes) break;
    }
  } catch (error) {
    if (length === 0) throw explainGzipError(error, path);
  } finally {
    source.destroy();
  }
  return Buffer.concat(chunks).subarray(0, headBytes);
}

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

/** Formats that people try and that hold no table Orthant reads, by their first bytes. */
const foreign: readonly (readonly [magic: string, what: string])[] = [
  ['\x89HDF', 'an HDF5 file. Export the table as CSV or Parquet'],
  ['ARROW1', 'an Arrow (Feather) file. Export the table as Parquet or CSV'],
  ['\xd0\xcf\x11\xe0', 'an old Excel or Word document. Save the sheet as CSV'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd. Unpack it, or compress it with gzip'],
  ['BZh', 'compressed with bzip2. Unpack it, or compress it with gzip'],
  ['\xfd7zXZ', 'compressed with xz. Unpack it, or compress it with gzip'],
  ['7z\xbc\xaf', 'a 7z archive. Unpack it first'],
  ['%PDF', 'a PDF document. Save the table as CSV'],
  ['\x89PNG', 'a PNG picture. Pictures are read as arrays: save them as NPY, NPZ or IDX'],
  ['\xff\xd8\xff', 'a JPEG picture. Pictures are read as arrays: save them as NPY, NPZ or IDX'],
  ['SQLite format 3', 'an SQLite database. Export the table as CSV'],
  ['\x80\x04\x95', 'a Python pickle. Save the table as CSV, Parquet or NPY'],
  ['PARE', 'an encrypted Parquet file. Save it without encryption'],
];

function formatOf(head: Buffer, path: string): FileFormat['format'] {
  const starts = (magic: string): boolean => head.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'));
  if (starts('\x93NUMPY')) return 'npy';
  if (starts('PAR1')) return 'parquet';
  if (starts('PK\x03\x04') || starts('PK\x05\x06')) {
    if (head.includes('[Content_Types].xml') || head.includes('xl/')) {
      throw new OrthantError('data', `${path} is an Excel workbook. Save the sheet as CSV and open that.`);
    }
    return 'npz';
  }
  for (const [magic, what] of foreign) {
    if (starts(magic)) throw new OrthantError('data', `${path} is ${what}.`);
  }
  if (looksLikeIdx(head)) return 'idx';
  if (head[0] === 0xff && head[1] === 0xfe) return 'csv';
  if (head[0] === 0xfe && head[1] === 0xff) return 'csv';
  if (isUtf16(head) !== undefined) return 'csv';
  refuseBinary(head, path);
  const start = head.toString('latin1', 0, 4096).replace(/^\xef\xbb\xbf/, '');
  if (/^\s*(\[\s*([[{\]]|$)|\{\s*("|\}|$))/.test(start)) return 'json';
  return /^\s*\[/.test(start) && isWholeJson(head) ? 'json' : 'csv';
}

/** Whether this is JSON to its end: a list of numbers is no table, and as text it would be read as one row of odd ones. */
function isWholeJson(head: Buffer): boolean {
  try {
    JSON.parse(head.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** IDX: two zero bytes, a type, a number of dimensions, and as many plausible sizes. */
function looksLikeIdx(head: Buffer): boolean {
  const dimensions = head[3] ?? 0;
  return (
    head[0] === 0 &&
    head[1] === 0 &&
    [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e].includes(head[2] ?? 0) &&
    dimensions >= 1 &&
    dimensions <= 8
  );
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

/** Text has no zero bytes and hardly any control characters. */
function refuseBinary(head: Buffer, path: string): void {
  const sample = head.subarray(0, 65_536);
  let control = 0;
  for (const byte of sample) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c) control++;
  }
  if (sample.includes(0) || control > 0.02 * sample.length) {
    const name = basename(path);
    throw new OrthantError(
      'data',
      `${path} holds binary data that is none of the formats Orthant reads, whatever its name (${name}) says. ` +
        'Its first bytes are ' +
        `${sample.subarray(0, 8).toString('hex').replace(/../g, '$& ').trim()}. ` +
        'Orthant reads CSV, TSV, Parquet, JSON, NPY, NPZ and IDX, each also in gzip.',
    );
  }
}
