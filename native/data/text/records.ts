import { isAscii, isUtf8 } from 'node:buffer';
import { badRecord, type BadRecord, type RecordProblem } from './badRecord.ts';
import type { Grammar } from './fields.ts';

/**
 * Splits delimited text into records after RFC 4180: a field that begins with the quote may hold delimiters, line ends
 * and doubled quotes. This is the count that the table's rows are held against, so every record is either good or
 * reported as bad; empty lines are no records.
 */

/** Longer lines are no table: reading one would need all of it in memory. */
export const longestLine = 16 * 2 ** 20;

/** Thrown by {@link RecordScanner} where a line is longer than {@link longestLine}. */
export class LineTooLongError extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`Line ${line} is longer than ${longestLine / 2 ** 20} MiB.`);
    this.line = line;
  }
}

/** Called for each good record with the bytes [start, end) that hold it, without its line end. */
export type OnRecord = (buffer: Buffer, start: number, end: number, line: number) => void;

const LF = 0x0a;
const CR = 0x0d;
const noBytes = Buffer.alloc(0);
const keptBadRecords = 100;

export class RecordScanner {
  readonly #grammar: Grammar;
  readonly #fields: number | undefined;
  readonly #onRecord: OnRecord | undefined;
  readonly #bad: BadRecord[] = [];
  #line = 1;
  #good = 0;
  #badCount = 0;
  #blank = 0;
  #longest = 0;
  #linesInside = 0;
  #linesEndedBy = { lf: 0, crlf: 0, cr: 0 };
  #invalid = 0;
  #validBeyondAscii = 0;

  /**
   * @param fields - how many each record must have; not checked when left out
   * @param onRecord - sees each good record in order
   */
  constructor(grammar: Grammar, fields?: number, onRecord?: OnRecord) {
    this.#grammar = grammar;
    this.#fields = fields;
    this.#onRecord = onRecord;
  }

  get summary() {
    return {
      good: this.#good,
      /** The first ones. */
      bad: this.#bad as readonly BadRecord[],
      badCount: this.#badCount,
      blank: this.#blank,
      /** Bytes of the longest good record. */
      longest: this.#longest,
      /** Line ends inside quotes. */
      linesInside: this.#linesInside,
      linesEndedBy: this.#linesEndedBy as Readonly<{ lf: number; crlf: number; cr: number }>,
      /** Records that are not UTF-8, and records that are and hold more than ASCII. */
      invalid: this.#invalid,
      validBeyondAscii: this.#validBeyondAscii,
    };
  }

  /**
   * Reads a chunk that follows what the last one left.
   *
   * @returns what this one leaves
   */
  scanOn(rest: Buffer, chunk: Buffer): Buffer {
    if (rest.length === 0) return chunk.subarray(this.scan(chunk, false));
    // The record that was cut is nearly always whole with the chunk's first line; that spares copying the chunk.
    const lineLength = chunk.indexOf(LF) + 1;
    const cut = Buffer.concat([rest, chunk.subarray(0, lineLength)]);
    const used = this.scan(cut, false);
    if (lineLength > 0 && used === cut.length) return this.scanOn(noBytes, chunk.subarray(lineLength));
    const all = Buffer.concat([cut.subarray(used), chunk.subarray(lineLength)]);
    return all.subarray(this.scan(all, false));
  }

  /**
   * Reads the whole records at the front of `buffer`.
   *
   * @param final - whether the text ends with the buffer
   * @returns how many bytes were used; the rest must come again, followed by more
   * @throws LineTooLongError
   */
  scan(buffer: Buffer, final: boolean): number {
    const ascii = isAscii(buffer);
    const { delimiter, quote = -1 } = this.#grammar;
    const quoted = quote >= 0 && buffer.includes(quote);
    const length = buffer.length;
    let start = 0;
    while (start < length) {
      let position = start;
      let fields = 1;
      let fieldStart = true;
      let linesInside = 0;
      let problem: RecordProblem | undefined;
      const end = quoted ? -1 : buffer.indexOf(LF, start);
      if (end >= 0) {
        // Without quotes the line ends where it ends; counting delimiters this way takes a third of the time.
        for (; position < end; position++) {
          const byte = buffer[position];
          if (byte === delimiter) fields++;
          else if (byte === CR) break;
        }
      }
      while (position < length) {
        const byte = buffer[position];
        if (byte === delimiter) {
          fields++;
          fieldStart = true;
          position++;
        } else if (byte === LF || byte === CR) {
          break;
        } else if (fieldStart && byte === quote) {
          fieldStart = false;
          const opened = position;
          let closed = false;
          position++;
          while (position < length) {
            const inside = buffer[position];
            if (inside === quote) {
              if (buffer[position + 1] !== quote) {
                closed = true;
                position++;
                break;
              }
              position++;
            } else if (inside === LF || (inside === CR && buffer[position + 1] !== LF)) {
              linesInside++;
            }
            position++;
          }
          if (!closed) {
            if (!final && length - start <= longestLine) return start;
            problem = { kind: 'open-quote', at: opened - start };
            break;
          }
          if (position === length) {
            if (!final) return start;
            break;
          }
          const after = buffer[position];
          if (after !== delimiter && after !== LF && after !== CR) {
            problem = { kind: 'after-quote', opened: opened - start, at: position - start, field: fields };
            break;
          }
        } else {
          fieldStart = false;
          position++;
        }
      }
      if (problem === undefined && position >= length && !final) {
        if (length - start > longestLine) throw new LineTooLongError(this.#line);
        return start;
      }
      if (problem !== undefined) {
        // The quote is at fault: only the line it begins on is given up, so that it cannot swallow the good ones below.
        position = lineEnd(buffer, start);
        linesInside = 0;
        // Closed by a quote that opens a field further below, it is not closed here.
        if (problem.kind === 'after-quote' && problem.at > position - start) {
          problem = { kind: 'open-quote', at: problem.opened };
        }
        if (position >= length && !final) {
          if (length - start > longestLine) throw new LineTooLongError(this.#line);
          return start;
        }
      }
      if (buffer[position] === CR && position + 1 >= length && !final) return start;
      if (position - start > longestLine) throw new LineTooLongError(this.#line);

      if (position === start) {
        this.#blank++;
      } else {
        if (problem === undefined && this.#fields !== undefined && fields !== this.#fields) {
          problem = { kind: 'fields', found: fields, expected: this.#fields };
        }
        if (!ascii && !isAscii(buffer.subarray(start, position))) {
          if (isUtf8(buffer.subarray(start, position))) {
            this.#validBeyondAscii++;
          } else {
            this.#invalid++;
            problem ??= { kind: 'encoding' };
          }
        }
        if (problem === undefined) {
          this.#good++;
          this.#longest = Math.max(this.#longest, position - start);
          this.#onRecord?.(buffer, start, position, this.#line);
        } else {
          this.#badCount++;
          if (this.#bad.length < keptBadRecords) {
            this.#bad.push(badRecord(this.#line, problem, buffer.subarray(start, position), this.#grammar));
          }
        }
      }
      this.#line += 1 + linesInside;
      this.#linesInside += linesInside;
      if (buffer[position] === CR) {
        if (buffer[position + 1] === LF) {
          this.#linesEndedBy.crlf++;
          position++;
        } else {
          this.#linesEndedBy.cr++;
        }
      } else if (buffer[position] === LF) {
        this.#linesEndedBy.lf++;
      }
      start = position + 1;
    }
    return Math.min(start, length);
  }
}

function lineEnd(buffer: Buffer, start: number): number {
  let position = start;
  while (position < buffer.length && buffer[position] !== LF && buffer[position] !== CR) position++;
  return position;
}
