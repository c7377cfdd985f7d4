import { createHash, type Hash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrthantError } from '../../contract/errors.ts';
import { columnNames } from '../columnNames.ts';
import { excerptOfBytes } from '../excerpt.ts';
import { explainFileError, headBytes, isUtf16 } from '../fileFormat.ts';
import type { Cell, Place, RawTable, ReadRequest } from '../rawTable.ts';
import { findDialect, type FoundDialect } from './dialect.ts';
import { nameDelimiter } from './badRecord.ts';
import { fieldRanges } from './fields.ts';
import { LineTooLongError, longestLine, RecordScanner, type OnRecord, type ScanSummary } from './records.ts';
import { readValues, type ScannedText } from './readValues.ts';
import { fileBytes, utf8Head, utf8Text, type Encoding } from './source.ts';

/*
 * Why our scanner reads every file, and not only the files that DuckDB's reader refuses. The alternative was tried with
 * DuckDB 1.5.5 (all_varchar, strict_mode, store_rejects, the dialect given) on 1,890 random files; 933 were read alike.
 * On the others DuckDB
 * - loses good rows below a stray quote, while it reports the same rejected lines as we do (348 files),
 * - accepts, without a warning, a row with an empty field too many or with spaces after a closing quote,
 * - loses everything after a quote that is never closed,
 * - counts rows instead of lines if fields hold line ends, so that its reports name the wrong line,
 * - refuses mixed line ends, reads a blank line as a row of one column, keeps NUL bytes and rejects Latin-1.
 * The second can only be detected by counting the fields of every record, which is the scanner's job; and the repair
 * would need all of its code anyway. The scanner also locates bad cells, and is the place to read comments, preambles
 * and further encodings. It costs little: on 48 MB (300,000 x 20 numbers) 0.06 s of the 1.35 s of reading (0.08 of
 * 1.7 s with quotes); DuckDB alone takes 1.26 s. readText.test.ts compares both readers, and fails for each difference
 * that a new version of DuckDB no longer has.
 */

/**
 * Reads delimited text. Our scanner splits the file into records and counts the rows; DuckDB reads the values. Text
 * that is not plain UTF-8 with one kind of line end and good records only is first rewritten in that form to a
 * temporary file, so that DuckDB never guesses and drops nothing.
 *
 * @throws OrthantError if the file as a whole cannot be read; single bad records are in `rejected`
 */
export async function readText(request: ReadRequest): Promise<RawTable> {
  const folder = await mkdtemp(join(tmpdir(), 'orthant-text-'));
  try {
    const text = await scanFile(request, join(folder, 'records.csv'));
    const { dialect, summary } = text;
    const names = columnNames(dialect.names, dialect.fields, request.path);
    const rows = summary.good - (dialect.header ? 1 : 0);
    if (rows === 0) throw noRows(request.path, dialect.header, summary.badCount, summary.bad[0]?.line);
    const columns = await readValues(request, text, names, rows);
    return {
      columns,
      rows,
      rejectedRows: summary.badCount,
      rejected: [...summary.bad],
      locate: (wanted) => locate(request, text, wanted),
      decimalComma: dialect.decimalComma,
      oneDecimalMark: request.dialect.decimalComma !== undefined,
      dialect: {
        delimiter: dialect.delimiter,
        quote: dialect.quote,
        header: dialect.header,
        decimalComma: dialect.decimalComma,
        encoding: text.encoding,
      },
      warnings:
        text.encoding === 'latin-1' && request.dialect.encoding === undefined
          ? [{ message: 'The file is not valid UTF-8; it was read as Latin-1. Check letters with accents.' }]
          : [],
      sha256: text.sha256,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const lineFeed = Buffer.from('\n');

/** This many bytes of a file are nearly always enough to detect its dialect. */
const usualHead = 2 ** 18;

async function scanFile(request: ReadRequest, cleanPath: string): Promise<ScannedText> {
  const { path, file, dialect: given } = request;
  const complete = file.head.length < headBytes;
  let encoding: Encoding = given.encoding ?? (isUtf16(file.head) === undefined ? 'utf-8' : 'utf-16');
  for (;;) {
    const head = utf8Head(file.head, encoding);
    const start = findDialect(head.subarray(0, usualHead), complete && head.length <= usualHead, given);
    // No whole record in the usual head, for example a header of very many columns: search the whole head.
    const dialect = start.fields > 0 ? start : findDialect(head, complete, given);
    if (dialect.fields === 0) {
      // No record of the head is valid UTF-8, for example a Latin-1 table with an accent in each row.
      if (encoding !== 'utf-8' || given.encoding !== undefined || !head.some((byte) => byte > 0x7f))
        throw noRows(path, false, 0, undefined);
      encoding = 'latin-1';
      continue;
    }
    checkHeader(dialect, path);
    const hash = createHash('sha256');
    const plain = encoding === 'utf-8' && !file.compressed;
    const summary = await scan(request, encoding, dialect, plain ? { hash } : { hash, cleanPath });
    if (encoding === 'utf-8' && given.encoding === undefined && summary.invalid > summary.validBeyondAscii) {
      encoding = 'latin-1';
      continue;
    }
    const text = { encoding, dialect, summary, sha256: hash.digest('hex') };
    if (plain && isSound(summary)) {
      return { ...text, readable: { path, header: dialect.header, lineFeeds: summary.linesEndedBy.crlf === 0 } };
    }
    if (plain) await scan(request, encoding, dialect, { cleanPath });
    return { ...text, readable: { path: cleanPath, header: false, lineFeeds: true } };
  }
}

/** Whether DuckDB reads this file as our scanner does. */
function isSound({ badCount, blank, good, linesInside, linesEndedBy: { lf, crlf, cr } }: ScanSummary): boolean {
  // DuckDB assumes that all lines end like the first one, even if that line end is inside quotes.
  const oneLineEnd = cr === 0 && (lf === 0 || crlf === 0) && (crlf === 0 || linesInside === 0);
  return badCount === 0 && blank === 0 && oneLineEnd && good > 0;
}

/** Scans all records once; writes the good ones below the header to `cleanPath` if it is given. */
async function scan(
  request: ReadRequest,
  encoding: Encoding,
  dialect: FoundDialect,
  { hash, cleanPath }: { hash?: Hash; cleanPath?: string },
): Promise<ScanSummary> {
  const { path, file, signal } = request;
  const explain = (error: unknown): never => {
    throw explainFileError(error, cleanPath ?? path);
  };
  const clean = cleanPath === undefined ? undefined : await open(cleanPath, 'w').catch(explain);
  const good: Buffer[] = [];
  let seen = 0;
  const keep: OnRecord = (buffer, start, end) => {
    if (seen++ > 0 || !dialect.header) good.push(buffer.subarray(start, end), lineFeed);
  };
  const scanner = new RecordScanner(dialect.grammar, dialect.fields, clean === undefined ? undefined : keep);
  try {
    const bytes = fileBytes(path, file.compressed, { hash, signal });
    await scanChunks(utf8Text(bytes, encoding, file.head), scanner, async () => {
      await clean?.appendFile(Buffer.concat(good.splice(0))).catch(explain);
      return true;
    });
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    throw new OrthantError(
      'data',
      `Line ${error.line} of ${path} is longer than ${longestLine / 2 ** 20} MiB. That is not a table with one row per line. ` +
        'Check that it is the right file, and that its line ends were not lost.',
      { cause: error },
    );
  } finally {
    await clean?.close();
  }
  return scanner.summary;
}

/** Feeds chunks to a scanner and calls `after` after each of them, until `after` returns false. */
async function scanChunks(
  chunks: AsyncIterable<Buffer>,
  scanner: RecordScanner,
  after: () => boolean | Promise<boolean>,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = scanner.scanOn(rest, chunk);
    if (!(await after())) return;
  }
  scanner.scan(rest, true);
  await after();
}

function checkHeader(dialect: FoundDialect, path: string): void {
  if (dialect.names === undefined || dialect.names.length === dialect.fields) return;
  throw new OrthantError(
    'data',
    `The header of ${path} (line 1) names ${dialect.names.length} columns, but most rows have ${dialect.fields} ` +
      `fields, split at ${nameDelimiter(dialect.delimiter)}. Fix the header, or set the delimiter, the ` +
      'quote, and whether the file has a header.',
  );
}

function noRows(path: string, header: boolean, bad: number, firstBad: number | undefined): OrthantError {
  if (bad > 0) {
    return new OrthantError(
      'data',
      `None of the ${bad} rows of ${path} can be read; the first is on line ${firstBad ?? 1}. Check the file, its ` +
        'delimiter and its quotes.',
    );
  }
  return new OrthantError(
    'data',
    header
      ? `${path} has a header and no rows below it. Check that it was saved or downloaded completely.`
      : `${path} has no rows: its lines are empty, or a quote at their beginning is never closed. Check that it is the right file.`,
  );
}

/** Positions of the wanted cells: reads the file again, up to the last of them. */
async function locate(request: ReadRequest, text: ScannedText, wanted: readonly Cell[]): Promise<Place[]> {
  const places: Place[] = [];
  const { header, grammar, fields } = text.dialect;
  let row = header ? -1 : 0;
  const scanner = new RecordScanner(grammar, fields, (buffer, start, end, line) => {
    const cell = wanted[places.length];
    if (row === cell?.row) {
      const record = buffer.subarray(start, end);
      places.push({ line, ...excerptOfBytes(record, fieldRanges(record, grammar)[cell.column]) });
    }
    row++;
  });
  const bytes = fileBytes(request.path, request.file.compressed, { signal: request.signal });
  const utf8 = utf8Text(bytes, text.encoding, request.file.head);
  await scanChunks(utf8, scanner, () => places.length < wanted.length);
  return places;
}
