import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { keysOf } from '../base/keysOf.ts';
import { joined } from '../base/lists.ts';
import { OrthantError } from '../contract/errors.ts';
import { fileFormatTitles, type FileFormatId } from '../contract/fileFormats.ts';
import { readArrays } from './arrays/readArrays.ts';
import {
  explainFileError,
  explainGzipError,
  headBytes,
  isUtf16,
  type FileFacts,
  type FileFormat,
} from './fileFormat.ts';
import type { RawTable, ReadRequest } from './rawTable.ts';
import { readJson } from './readJson.ts';
import { readParquet } from './readParquet.ts';
import type { SampleFile } from './samples.ts';
import { readText } from './text/readText.ts';

interface Reader {
  /** Whether a file has this format, by its first bytes, uncompressed. */
  recognises(head: Buffer): boolean;
  /** @throws OrthantError `data` if the file is damaged */
  read(request: ReadRequest, divisors: SampleFile['divisors']): Promise<RawTable>;
}

/** How each format is recognised and read, in the order of trial: text, which can look like anything, is last. */
export const readers: Readonly<Record<FileFormatId, Reader>> = {
  npy: { recognises: (head) => starts(head, '\x93NUMPY'), read: readArrays },
  parquet: { recognises: (head) => starts(head, 'PAR1'), read: readParquet },
  npz: { recognises: (head) => isZip(head), read: readArrays },
  idx: { recognises: isIdx, read: readArrays },
  json: { recognises: (head) => isPlainText(head) && isJson(head), read: readJson },
  csv: { recognises: (head) => isUtf16(head) !== undefined || isPlainText(head), read: readText },
};

/**
 * Recognises a file's format by its first bytes.
 *
 * @param path - absolute
 * @param facts - as {@link fileFacts} found them
 * @throws OrthantError `data` if the file does not hold a table
 */
export async function recogniseFile(path: string, { bytes, modified }: FileFacts): Promise<FileFormat> {
  const raw = await readHead(path, bytes);
  const compressed = raw[0] === 0x1f && raw[1] === 0x8b;
  const head = compressed ? await unzippedHead(path) : raw;
  if (head.length === 0)
    throw new OrthantError('data', `${path} is empty after decompression. It does not hold a table.`);
  return { format: formatOf(head, path), compressed, bytes, modified, head };
}

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

/** The first uncompressed bytes. An error after some bytes is ignored here; reading the whole file reports it. */
async function unzippedHead(path: string): Promise<Buffer> {
  const source = createReadStream(path);
  const unzipped = source.pipe(createGunzip());
  // A pipe does not forward errors, and an unhandled error event ends the process.
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

const asArrays = `Pictures are read as arrays: save them as ${joined(fileFormatTitles('array'), 'or')}`;

/** First bytes of common formats that Orthant does not read. */
const foreign: readonly (readonly [magic: string, what: string])[] = [
  ['\x89HDF', 'an HDF5 file. Export the table as CSV or Parquet'],
  ['ARROW1', 'an Arrow (Feather) file. Export the table as Parquet or CSV'],
  ['\xd0\xcf\x11\xe0', 'an old Excel or Word document. Save the sheet as CSV'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd. Unpack it, or compress it with gzip'],
  ['BZh', 'compressed with bzip2. Unpack it, or compress it with gzip'],
  ['\xfd7zXZ', 'compressed with xz. Unpack it, or compress it with gzip'],
  ['7z\xbc\xaf', 'a 7z archive. Unpack it first'],
  ['%PDF', 'a PDF document. Save the table as CSV'],
  ['\x89PNG', `a PNG picture. ${asArrays}`],
  ['\xff\xd8\xff', `a JPEG picture. ${asArrays}`],
  ['SQLite format 3', 'an SQLite database. Export the table as CSV'],
  ['\x80\x04\x95', 'a Python pickle. Save the table as CSV, Parquet or NPY'],
  ['PARE', 'an encrypted Parquet file. Save it without encryption'],
];

/** @throws OrthantError `data` if no format matches the first bytes; for known formats with what to do */
function formatOf(head: Buffer, path: string): FileFormat['format'] {
  if (isZip(head) && (head.includes('[Content_Types].xml') || head.includes('xl/'))) {
    throw new OrthantError('data', `${path} is an Excel workbook. Save the sheet as CSV and open that.`);
  }
  for (const [magic, what] of foreign) {
    if (starts(head, magic)) throw new OrthantError('data', `${path} is ${what}.`);
  }
  const format = keysOf(readers).find((id) => readers[id].recognises(head));
  if (format !== undefined) return format;
  throw new OrthantError(
    'data',
    `${path} holds binary data in a format that Orthant does not read, whatever its name (${basename(path)}) suggests. ` +
      `Its first bytes are ${head.subarray(0, 8).toString('hex').replace(/../g, '$& ').trim()}. ` +
      `Orthant reads ${joined(fileFormatTitles())}, each also in gzip.`,
  );
}

/** @param magic - the bytes as character codes */
const starts = (head: Buffer, magic: string): boolean =>
  head.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'));

const isZip = (head: Buffer): boolean => starts(head, 'PK\x03\x04') || starts(head, 'PK\x05\x06');

/** IDX: two zero bytes, a type and a number of dimensions. */
function isIdx(head: Buffer): boolean {
  const dimensions = head[3] ?? 0;
  return (
    head[0] === 0 &&
    head[1] === 0 &&
    [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e].includes(head[2] ?? 0) &&
    dimensions >= 1 &&
    dimensions <= 8
  );
}

/** Text with one byte per character has no zero bytes and hardly any control characters. */
function isPlainText(head: Buffer): boolean {
  const sample = head.subarray(0, 65_536);
  let control = 0;
  for (const byte of sample) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c) control++;
  }
  return !sample.includes(0) && control <= 0.02 * sample.length;
}

function isJson(head: Buffer): boolean {
  const start = head.toString('latin1', 0, 4096).replace(/^\xef\xbb\xbf/, '');
  if (/^\s*(\[\s*([[{\]]|$)|\{\s*("|\}|$))/.test(start)) return true;
  return /^\s*\[/.test(start) && isWholeJson(head);
}

/** Whether all of it is valid JSON: a list of numbers is not a table, and must not be read as one row of text. */
function isWholeJson(head: Buffer): boolean {
  try {
    JSON.parse(head.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
