import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Dialect } from '../../contract/configuration.ts';
import { cancelled } from '../../contract/errors.ts';
import { explainFileError, explainGzipError, isUtf16 } from '../fileFormat.ts';

export type Encoding = NonNullable<Dialect['encoding']>;

const chunkBytes = 2 ** 20;

/**
 * The bytes of a file, decompressed if it is in gzip.
 *
 * @param hash - updated with the bytes as stored on disk
 * @throws OrthantError naming a damaged or truncated gzip file
 */
export async function* fileBytes(
  path: string,
  compressed: boolean,
  options: { hash?: Hash | undefined; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Buffer> {
  const { hash, signal } = options;
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  source.on('data', (chunk) => hash?.update(chunk));
  source.pause();
  try {
    if (!compressed) {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        if (signal?.aborted === true) throw cancelled();
        yield chunk;
      }
      return;
    }
    const unzipped = createGunzip({ chunkSize: 2 ** 20 });
    source.on('error', (error) => unzipped.destroy(error));
    for await (const chunk of source.pipe(unzipped) as AsyncIterable<Buffer>) {
      if (signal?.aborted === true) throw cancelled();
      yield chunk;
    }
  } catch (error) {
    throw compressed ? explainGzipError(error, path) : explainFileError(error, path);
  } finally {
    source.destroy();
  }
}

/** Converts text from any of the encodings to UTF-8 without a byte order mark. UTF-8 is passed on unchecked. */
export async function* utf8Text(
  bytes: AsyncIterable<Buffer>,
  encoding: Encoding,
  head: Buffer,
): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    let first = true;
    for await (const chunk of bytes) {
      yield first && hasUtf8Mark(chunk) ? chunk.subarray(3) : chunk;
      first = false;
    }
    return;
  }
  const decoder = new TextDecoder(decoderNames[encoding](head));
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}

/** The head of a file as UTF-8. */
export function utf8Head(head: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return hasUtf8Mark(head) ? head.subarray(3) : head;
  return Buffer.from(new TextDecoder(decoderNames[encoding](head)).decode(head, { stream: true }));
}

const hasUtf8Mark = (head: Buffer): boolean => head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;

/** Names of TextDecoder's encodings. Latin-1 as on the web: with the few characters that Windows has in the control range. */
const decoderNames: Readonly<Record<Encoding, (head: Buffer) => string>> = {
  'utf-8': () => 'utf-8',
  'utf-16': (head) => (isUtf16(head) === 'be' ? 'utf-16be' : 'utf-16le'),
  'latin-1': () => 'windows-1252',
};
