import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { joined } from '../base/lists.ts';
import { keysOf } from '../base/keysOf.ts';
import { fileFormatTitles } from '../contract/fileFormats.ts';
import { OrthantError } from '../contract/errors.ts';
import { explainFileError, explainGzipError, headBytes, type FileFacts, type FileFormat } from './fileFormat.ts';
import { isZip, readers, starts } from './readers.ts';

/** What kind of table a file holds: its content says it, never its name. */

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

const asArrays = `Pictures are read as arrays: save them as ${joined(fileFormatTitles('array'), 'or')}`;

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
  ['\x89PNG', `a PNG picture. ${asArrays}`],
  ['\xff\xd8\xff', `a JPEG picture. ${asArrays}`],
  ['SQLite format 3', 'an SQLite database. Export the table as CSV'],
  ['\x80\x04\x95', 'a Python pickle. Save the table as CSV, Parquet or NPY'],
  ['PARE', 'an encrypted Parquet file. Save it without encryption'],
];

/** @throws OrthantError `data` where the first bytes are of none of the formats, with what to do where they are known */
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
    `${path} holds binary data that is none of the formats Orthant reads, whatever its name (${basename(path)}) says. ` +
      `Its first bytes are ${head.subarray(0, 8).toString('hex').replace(/../g, '$& ').trim()}. ` +
      `Orthant reads ${joined(fileFormatTitles())}, each also in gzip.`,
  );
}
