import { isAscii, isUtf8 } from 'node:buffer';
import { badRecord, type BadRecord, type RecordProblem } from './badRecord.ts';
import type { Grammar } from './fields.ts';

/**
 * Splits delimited text into records (RFC 4180): a field that begins with the quote may hold delimiters, line ends and
 * doubled quotes. The table's row count is checked against this count, so every record is either good or reported as
 * bad; empty lines are skipped.
 */

/** Longer lines, in bytes, are refused: a line must fit in memory, and no table has lines that long. */
export const longestLine = 16 * 2 ** 20;

/** Thrown by {@link RecordScanner} if a line is longer than {@link longestLine}. */
export class LineTooLongError extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`Line ${line} is longer than ${longestLine / 2 ** 20} MiB.`);
    this.line = line;
  }
}

/** Called for each good record with its bytes [start, end), without the line end. */
export type OnRecord = (buffer: Buffer, start: number, end: number, line: number) => void;

/** A record from its start to `end` (excluded), without the line end. */
interface FoundRecord {
  readonly end: number;
  readonly fields: number;
  /** Number of line ends inside its quotes. */
  readonly linesInside: number;
  readonly problem: RecordProblem | undefined;
}

const LF = 0x0a;
const CR = 0x0d;
const noBytes = Buffer.alloc(0);
const keptBadRecords = 100;

const nothingFound = () => ({
  good: 0,
  /** The first bad records. */
  bad: [] as BadRecord[],
  badCount: 0,
  blank: 0,
  /** Length of the longest good record in bytes. */
  longest: 0,
  /** Number of line ends inside quotes. */
  linesInside: 0,
  linesEndedBy: { lf: 0, crlf: 0, cr: 0 },
  /** Number of records that are not UTF-8, and of UTF-8 records with more than ASCII. */
  invalid: 0,
  validBeyondAscii: 0,
});
export type ScanSummary = Readonly<ReturnType<typeof nothingFound>>;

export class RecordScanner {
  readonly #grammar: Grammar;
  readonly #fields: number | undefined;
  readonly #onRecord: OnRecord | undefined;
  readonly #found = nothingFound();
  #line = 1;
  /** Number of line ends inside the quotes of the current record. */
  #linesHere = 0;

  /**
   * @param fields - required number of fields per record; not checked if left out
   * @param onRecord - called for each good record in order
   */
  constructor(grammar: Grammar, fields?: number, onRecord?: OnRecord) {
    this.#grammar = grammar;
    this.#fields = fields;
    this.#onRecord = onRecord;
  }

  get summary(): ScanSummary {
    return this.#found;
  }

  /**
   * Scans a chunk that follows the rest of the previous one.
   *
   * @returns the rest of this chunk: the start of an incomplete record
   */
  scanOn(rest: Buffer, chunk: Buffer): Buffer {
    if (rest.length === 0) return chunk.subarray(this.scan(chunk, false));
    // The chunk's first line nearly always completes the cut record; scanning it first avoids copying the whole chunk.
    const lineLength = chunk.indexOf(LF) + 1;
    const cut = Buffer.concat([rest, chunk.subarray(0, lineLength)]);
    const used = this.scan(cut, false);
    if (lineLength > 0 && used === cut.length) return this.scanOn(noBytes, chunk.subarray(lineLength));
    const all = Buffer.concat([cut.subarray(used), chunk.subarray(lineLength)]);
    return all.subarray(this.scan(all, false));
  }

  /**
   * Scans the complete records at the start of `buffer`.
   *
   * @param final - whether the text ends with the buffer
   * @returns number of bytes used; the caller must pass the rest again, followed by more
   * @throws LineTooLongError
   */
  scan(buffer: Buffer, final: boolean): number {
    const ascii = isAscii(buffer);
    const quoted = this.#grammar.quote !== undefined && buffer.includes(this.#grammar.quote);
    let start = 0;
    while (start < buffer.length) {
      const record = this.#find(buffer, start, quoted, final);
      if (record === undefined) return start;
      const { end } = record;
      // A line feed may follow in the next chunk and belong to this line end.
      if (buffer[end] === CR && end + 1 >= buffer.length && !final) return start;
      this.#limit(end - start);
      if (end === start) this.#found.blank++;
      else this.#judge(buffer, start, record, ascii);
      this.#line += 1 + record.linesInside;
      this.#found.linesInside += record.linesInside;
      start = this.#passLineEnd(buffer, end);
    }
    return Math.min(start, buffer.length);
  }

  /** Finds the end of the record that begins at `start`; undefined if it ends beyond the buffer. */
  #find(buffer: Buffer, start: number, quoted: boolean, final: boolean): FoundRecord | undefined {
    return (
      (quoted ? undefined : plainRecord(buffer, start, this.#grammar.delimiter)) ??
      this.#findQuoted(buffer, start, final)
    );
  }

  #findQuoted(buffer: Buffer, start: number, final: boolean): FoundRecord | undefined {
    const { delimiter, quote = -1 } = this.#grammar;
    const { length } = buffer;
    let position = start;
    let fields = 1;
    let fieldStart = true;
    this.#linesHere = 0;
    while (position < length) {
      const byte = buffer[position];
      if (byte === delimiter) {
        fields++;
        fieldStart = true;
        position++;
      } else if (byte === LF || byte === CR) {
        break;
      } else if (!fieldStart || byte !== quote) {
        fieldStart = false;
        position++;
      } else {
        fieldStart = false;
        const opened = position;
        position = this.#passQuotes(buffer, opened, quote);
        if (position < 0) {
          if (!final && length - start <= longestLine) return undefined;
          return this.#giveUpLine(buffer, start, { kind: 'open-quote', at: opened - start }, final);
        }
        if (position === length) {
          if (!final) return undefined;
          break;
        }
        const after = buffer[position];
        if (after !== delimiter && after !== LF && after !== CR) {
          const problem = { kind: 'after-quote', opened: opened - start, at: position - start, field: fields } as const;
          return this.#giveUpLine(buffer, start, problem, final);
        }
      }
    }
    if (position >= length && !final) {
      this.#limit(length - start);
      return undefined;
    }
    return { end: position, fields, linesInside: this.#linesHere, problem: undefined };
  }

  /**
   * Rejects only the first line of a record with a bad quote, so that the quote cannot swallow the good records below.
   */
  #giveUpLine(
    buffer: Buffer,
    start: number,
    problem: Extract<RecordProblem, { kind: 'open-quote' | 'after-quote' }>,
    final: boolean,
  ): FoundRecord | undefined {
    let end = start;
    while (end < buffer.length && buffer[end] !== LF && buffer[end] !== CR) end++;
    if (end >= buffer.length && !final) {
      this.#limit(end - start);
      return undefined;
    }
    // A "closing" quote on a later line probably opens another field, so this quote was not closed.
    const open = problem.kind === 'after-quote' && problem.at > end - start;
    return { end, fields: 0, linesInside: 0, problem: open ? { kind: 'open-quote', at: problem.opened } : problem };
  }

  /** Position after the quote that closes a field, or -1 if none closes it; counts the line ends inside. */
  #passQuotes(buffer: Buffer, opened: number, quote: number): number {
    let lines = 0;
    for (let position = opened + 1; position < buffer.length; position++) {
      const byte = buffer[position];
      if (byte === quote) {
        if (buffer[position + 1] !== quote) {
          this.#linesHere += lines;
          return position + 1;
        }
        position++;
      } else if (byte === LF || (byte === CR && buffer[position + 1] !== LF)) {
        lines++;
      }
    }
    return -1;
  }

  #limit(bytes: number): void {
    if (bytes > longestLine) throw new LineTooLongError(this.#line);
  }

  /** Counts the record and passes it on if it is good. */
  #judge(buffer: Buffer, start: number, { end, fields, problem }: FoundRecord, ascii: boolean): void {
    if (problem === undefined && this.#fields !== undefined && fields !== this.#fields) {
      problem = { kind: 'fields', found: fields, expected: this.#fields };
    }
    if (!ascii && !isAscii(buffer.subarray(start, end))) {
      if (isUtf8(buffer.subarray(start, end))) {
        this.#found.validBeyondAscii++;
      } else {
        this.#found.invalid++;
        problem ??= { kind: 'encoding' };
      }
    }
    if (problem === undefined) {
      this.#found.good++;
      this.#found.longest = Math.max(this.#found.longest, end - start);
      this.#onRecord?.(buffer, start, end, this.#line);
      return;
    }
    this.#found.badCount++;
    if (this.#found.bad.length < keptBadRecords) {
      this.#found.bad.push(badRecord(this.#line, problem, buffer.subarray(start, end), this.#grammar));
    }
  }

  /** Counts the line end at `end` and returns the position of the next record. */
  #passLineEnd(buffer: Buffer, end: number): number {
    if (buffer[end] === LF) {
      this.#found.linesEndedBy.lf++;
    } else if (buffer[end] === CR && buffer[end + 1] === LF) {
      this.#found.linesEndedBy.crlf++;
      return end + 2;
    } else if (buffer[end] === CR) {
      this.#found.linesEndedBy.cr++;
    }
    return end + 1;
  }
}

/** Finds a record without quotes three times faster; undefined if its line feed is not in the buffer. */
function plainRecord(buffer: Buffer, start: number, delimiter: number): FoundRecord | undefined {
  const lineFeed = buffer.indexOf(LF, start);
  if (lineFeed < 0) return undefined;
  let fields = 1;
  let end = start;
  for (; end < lineFeed; end++) {
    const byte = buffer[end];
    if (byte === delimiter) fields++;
    else if (byte === CR) break;
  }
  return { end, fields, linesInside: 0, problem: undefined };
}
