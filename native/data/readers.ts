import type { FileFormatId } from '../contract/fileFormats.ts';
import { readArrays } from './arrays/readArrays.ts';
import { isUtf16 } from './fileFormat.ts';
import type { RawTable, ReadRequest } from './rawTable.ts';
import { readJson } from './readJson.ts';
import { readParquet } from './readParquet.ts';
import type { SampleFile } from './samples.ts';
import { readText } from './text/readText.ts';

interface Reader {
  /** Whether a file is of this format, by its first bytes, unzipped. */
  recognises(head: Buffer): boolean;
  /** @throws OrthantError `data` where the file is damaged */
  read(request: ReadRequest, divisors: SampleFile['divisors']): Promise<RawTable>;
}

/** How each format is recognised and read, in the order in which they are tried: text, which may be anything, last. */
export const readers: Readonly<Record<FileFormatId, Reader>> = {
  npy: { recognises: (head) => starts(head, '\x93NUMPY'), read: readArrays },
  parquet: { recognises: (head) => starts(head, 'PAR1'), read: readParquet },
  npz: { recognises: isZip, read: readArrays },
  idx: { recognises: isIdx, read: readArrays },
  json: { recognises: (head) => isPlainText(head) && isJson(head), read: readJson },
  csv: { recognises: (head) => isUtf16(head) !== undefined || isPlainText(head), read: readText },
};

/** @param magic - its characters' codes are the bytes */
export const starts = (head: Buffer, magic: string): boolean =>
  head.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'));

export function isZip(head: Buffer): boolean {
  return starts(head, 'PK\x03\x04') || starts(head, 'PK\x05\x06');
}

/** IDX: two zero bytes, a type, a number of dimensions, and as many plausible sizes. */
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

/** Text of one byte a character has no zero bytes and hardly any control characters. */
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

/** Whether this is JSON to its end: a list of numbers is no table, and as text it would be read as one row of odd ones. */
function isWholeJson(head: Buffer): boolean {
  try {
    JSON.parse(head.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
