import { longestLine } from '../text/records.ts';

/** The text of one row and the line it begins on, from 1. */
export interface JsonElement {
  readonly line: number;
  readonly text: string;
}

/** The file as a whole is not JSON of the expected shape. */
export class JsonShapeError extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

const LF = 0x0a;
const blank = new Set([0x20, 0x09, LF, 0x0d]);

/** The lines of JSON Lines text; empty lines are skipped. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<JsonElement> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  for await (const chunk of chunks) {
    const text = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = text.indexOf(LF); end >= 0; end = text.indexOf(LF, start)) {
      const row = text.toString('utf8', start, end).trim();
      if (row !== '') yield { line, text: row };
      line++;
      start = end + 1;
    }
    rest = text.subarray(start);
    if (rest.length > longestLine) throw new JsonShapeError(line, tooLong);
  }
  const row = rest.toString('utf8').trim();
  if (row !== '') yield { line, text: row };
}

/**
 * The elements of one JSON array, without keeping all of it in memory: only strings and brackets are followed;
 * JSON.parse checks each element.
 *
 * @throws JsonShapeError if the array is not closed, or something follows it
 */
export async function* jsonArrayElements(chunks: AsyncIterable<Buffer>): AsyncGenerator<JsonElement> {
  let state = 'before' as 'before' | 'inside' | 'after';
  let line = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let pieces: Buffer[] = [];
  let bytes = 0;
  let elementLine = 1;
  let elements = 0;
  const finish = (): JsonElement | undefined => {
    const text = Buffer.concat(pieces).toString('utf8').trim();
    pieces = [];
    bytes = 0;
    elements++;
    return text === '' ? undefined : { line: elementLine, text };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let position = 0; position < chunk.length; position++) {
      const byte = chunk[position] ?? 0;
      if (byte === LF) line++;
      if (state === 'before') {
        if (blank.has(byte)) continue;
        state = 'inside';
        start = position + 1;
        elementLine = line;
        continue;
      }
      if (state === 'after') {
        if (blank.has(byte)) continue;
        throw new JsonShapeError(line, 'something follows the bracket that closes the array');
      }
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === 0x5c) escaped = true;
        else if (byte === 0x22) inString = false;
        continue;
      }
      if (bytes === 0 && position === start && blank.has(byte)) {
        start = position + 1;
        elementLine = line;
        continue;
      }
      if (byte === 0x22) {
        inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        depth++;
      } else if (depth > 0 && (byte === 0x7d || byte === 0x5d)) {
        depth--;
      } else if (depth === 0 && (byte === 0x2c || byte === 0x5d)) {
        pieces.push(chunk.subarray(start, position));
        const element = finish();
        if (element !== undefined) yield element;
        else if (byte === 0x2c || elements > 1) throw new JsonShapeError(line, 'an element of the array is empty');
        start = position + 1;
        elementLine = line;
        if (byte === 0x5d) state = 'after';
      }
    }
    if (state === 'inside') {
      pieces.push(Buffer.from(chunk.subarray(start)));
      bytes += chunk.length - start;
      if (bytes > longestLine) throw new JsonShapeError(elementLine, tooLong);
    }
  }
  if (state !== 'after')
    throw new JsonShapeError(line, 'the array is never closed: the file is cut off or a bracket is missing');
}

const tooLong = `a row is longer than ${longestLine / 2 ** 20} MiB`;
